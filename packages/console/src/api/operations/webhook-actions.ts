import { toStandardSecret } from "@heron-webhooks/core";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";
import { toPauseDto, toIsoTime } from "../dto/webhook-dto.ts";

const NOT_FOUND_RESPONSE = { 404: { description: "There is no such webhook.", schema: ref("Problem") } } as const;

/** What can be asked of a webhook that is there, beside what it is. */
export const WEBHOOK_ACTIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/{id}/gates",
    operationId: "listGates",
    tag: "webhooks",
    summary: "Why nothing is delivered to a webhook for now",
    responses: { 200: { description: "Its closed gates, and its account's.", schema: ref("Gates") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      return { status: 200, body: { gates: (await sender.webhooks.pauses(id)).map(toPauseDto) } };
    },
  },
  {
    method: "get",
    path: "/webhooks/{id}/secrets",
    operationId: "listSecrets",
    tag: "webhooks",
    summary: "What a webhook is signed with now",
    responses: { 200: { description: "The first makes Heron-Signature.", schema: ref("Secrets") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id }) {
      const secrets = (await sender.webhooks.secrets(id)).map(({ value, expiresAt }) => ({
        secret: value,
        standard: toStandardSecret(value),
        until: expiresAt === null ? null : toIsoTime(expiresAt),
      }));
      return { status: 200, body: { secrets }, headers: { "cache-control": "no-store" } };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/rotate",
    operationId: "rotateSecret",
    tag: "webhooks",
    summary: "Gives a webhook a new secret; for a while the old one signs too",
    body: ref("Rotation"),
    responses: { 200: { description: "The new one.", schema: ref("Rotated") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id, body }) {
      const rotated = await sender.webhooks.rotateSecret(id, body as { secret?: string; overlap?: "24h" });
      return { status: 200, body: rotated, headers: { "cache-control": "no-store" } };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/test",
    operationId: "testWebhook",
    tag: "webhooks",
    summary: "Sends a webhook the example of a topic, once, and says what came of it",
    body: ref("Trial"),
    responses: { 200: { description: "What was sent, and the answer.", schema: ref("TrialResult") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id, body }) {
      return { status: 200, body: await sender.webhooks.sendTest(id, body as { topic?: string }) };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/recover",
    operationId: "recoverWebhook",
    tag: "webhooks",
    summary: "Sends again what died, and what was missed, since a time",
    body: ref("Since"),
    responses: { 200: { description: "How many deliveries that are.", schema: ref("Recovered") }, ...NOT_FOUND_RESPONSE },
    async run({ sender, id, body }) {
      const { since } = body as { readonly since: string };
      return {
        status: 200,
        body: { recovered: await sender.webhooks.recover(id, { since: since as "8h" }) },
      };
    },
  },
];
