import type { WriteKey } from "@heron-webhooks/sender";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";
import { timeOf } from "../shown.ts";

export const WRITE_KEYS: readonly Operation[] = [
  {
    method: "get",
    path: "/write-keys",
    name: "listWriteKeys",
    tag: "write keys",
    summary: "Lists write keys, in the order in which they were made",
    answers: { 200: { description: "All of them.", schema: ref("WriteKeys") } },
    async run({ sender }) {
      return { status: 200, body: { write_keys: (await sender.writeKeys.list()).map(shownWriteKey) } };
    },
  },
  {
    method: "post",
    path: "/write-keys",
    name: "createWriteKey",
    tag: "write keys",
    summary: "Makes a key with which programs track events and add properties of users, and nothing else",
    body: ref("NewWriteKey"),
    answers: {
      201: { description: "It is made, and told this once.", schema: ref("MadeWriteKey") },
      409: { description: "The account has as many as it may have.", schema: ref("Problem") },
    },
    async run({ sender, body }) {
      const { key, ...made } = await sender.writeKeys.create(body as { description?: string });
      return {
        status: 201,
        body: { write_key: shownWriteKey(made), key },
        headers: { location: `write-keys/${made.id}`, "cache-control": "no-store" },
      };
    },
  },
  {
    method: "delete",
    path: "/write-keys/{id}",
    name: "deleteWriteKey",
    tag: "write keys",
    summary: "Revokes a write key",
    description: "Other processes may take it for five seconds more.",
    answers: {
      204: { description: "It is good for nothing.", schema: null },
      404: { description: "There is no such write key.", schema: ref("Problem") },
    },
    async run({ sender, id, revoked }) {
      await sender.writeKeys.remove(id);
      revoked(id);
      return { status: 204 };
    },
  },
];

function shownWriteKey({ id, hint, description, created }: WriteKey): object {
  return { heron_id: id, hint, description, created: timeOf(created) };
}
