import type { WriteKey } from "@heron-webhooks/sender";
import { toIsoTime } from "../dto/webhook-dto.ts";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";

export const WRITE_KEYS: readonly Operation[] = [
  {
    method: "get",
    path: "/write-keys",
    operationId: "listWriteKeys",
    tag: "write-keys",
    summary: "List write keys by creation time",
    responses: { 200: { description: "The list.", schema: ref("WriteKeyList") } },
    async run({ sender }) {
      return { status: 200, body: { write_keys: (await sender.writeKeys.list()).map(toWriteKeyDto) } };
    },
  },
  {
    method: "post",
    path: "/write-keys",
    operationId: "createWriteKey",
    tag: "write-keys",
    summary: "Create a write key",
    body: ref("CreateWriteKeyRequest"),
    responses: {
      201: { description: "Created. The key is returned only once.", schema: ref("CreatedWriteKey") },
      409: { description: "Limit reached.", schema: ref("Problem") },
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
    tag: "write-keys",
    summary: "Revoke a write key",
    description: "Other processes accept it for up to five seconds.",
    responses: {
      204: { description: "Revoked.", schema: null },
      404: { description: "Write key not found.", schema: ref("Problem") },
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
