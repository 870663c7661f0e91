import type { WriteKey } from "@heron-webhooks/sender";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";
import { toIsoTime } from "../dto/webhook-dto.ts";

export const WRITE_KEYS: readonly Operation[] = [
  {
    method: "get",
    path: "/write-keys",
    operationId: "listWriteKeys",
    tag: "write keys",
    summary: "Lists write keys, in the order in which they were made",
    responses: { 200: { description: "All of them.", schema: ref("WriteKeys") } },
    async run({ sender }) {
      return { status: 200, body: { write_keys: (await sender.writeKeys.list()).map(toWriteKeyDto) } };
    },
  },
  {
    method: "post",
    path: "/write-keys",
    operationId: "createWriteKey",
    tag: "write keys",
    summary: "Makes a key with which programs track events and add properties of users, and nothing else",
    body: ref("NewWriteKey"),
    responses: {
      201: { description: "It is made, and told this once.", schema: ref("MadeWriteKey") },
      409: { description: "The account has as many as it may have.", schema: ref("Problem") },
    },
    async run({ sender, body }) {
      const { key, ...writeKey } = await sender.writeKeys.create(body as { description?: string });
      return {
        status: 201,
        body: { write_key: toWriteKeyDto(writeKey), key },
        headers: { location: `write-keys/${writeKey.id}`, "cache-control": "no-store" },
      };
    },
  },
  {
    method: "delete",
    path: "/write-keys/{id}",
    operationId: "deleteWriteKey",
    tag: "write keys",
    summary: "Revokes a write key",
    description: "Other processes may take it for five seconds more.",
    responses: {
      204: { description: "It is good for nothing.", schema: null },
      404: { description: "There is no such write key.", schema: ref("Problem") },
    },
    async run({ sender, id, onWriteKeyRevoked }) {
      await sender.writeKeys.delete(id);
      onWriteKeyRevoked(id);
      return { status: 204 };
    },
  },
];

function toWriteKeyDto({ id, lastFour, description, createdAt }: WriteKey): object {
  return { heron_id: id, hint: lastFour, description, created: toIsoTime(createdAt) };
}
