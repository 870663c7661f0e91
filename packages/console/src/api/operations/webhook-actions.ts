import { toStandardSecret } from "@heron-webhooks/core";
import type { TestResult } from "@heron-webhooks/sender";
import { toIsoTime, toPauseDto } from "../dto/webhook-dto.ts";
import type { Operation } from "../operation.ts";
import { ref } from "../schemas.ts";

const NOT_FOUND_RESPONSE = { 404: { description: "Webhook not found.", schema: ref("Problem") } } as const;

/** Operations on an existing webhook: pauses, secrets, tests and recovery. */
export const WEBHOOK_ACTIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/webhooks/{id}/pauses",
    operationId: "listPauses",
    tag: "webhooks",
    summary: "List active pauses",
    responses: {
      200: { description: "Pauses of the webhook and its account.", schema: ref("PauseList") },
      ...NOT_FOUND_RESPONSE,
    },
    async run({ sender, id }) {
      return { status: 200, body: { pauses: (await sender.webhooks.pauses(id)).map(toPauseDto) } };
    },
  },
  {
    method: "get",
    path: "/webhooks/{id}/secrets",
    operationId: "listSecrets",
    tag: "webhooks",
    summary: "List signing secrets",
    responses: {
      200: { description: "The first secret signs Heron-Signature.", schema: ref("Secrets") },
      ...NOT_FOUND_RESPONSE,
    },
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
    summary: "Rotate the signing secret",
    body: ref("RotateSecretRequest"),
    responses: {
      200: { description: "The new secret.", schema: ref("RotatedSecret") },
      ...NOT_FOUND_RESPONSE,
    },
    async run({ sender, id, body }) {
      const rotated = await sender.webhooks.rotateSecret(id, body as { secret?: string; overlap?: "24h" });
      return { status: 200, body: rotated, headers: { "cache-control": "no-store" } };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/test",
    operationId: "sendTest",
    tag: "webhooks",
    summary: "Send a test event",
    body: ref("SendTestRequest"),
    responses: {
      200: { description: "The request and the response.", schema: ref("TestResult") },
      ...NOT_FOUND_RESPONSE,
    },
    async run({ sender, id, body }) {
      return {
        status: 200,
        body: toTestResultDto(await sender.webhooks.sendTest(id, body as { topic?: string })),
      };
    },
  },
  {
    method: "post",
    path: "/webhooks/{id}/recover",
    operationId: "recoverWebhook",
    tag: "webhooks",
    summary: "Resend failed and missed events",
    body: ref("RecoverRequest"),
    responses: {
      200: { description: "The number of deliveries queued.", schema: ref("RecoverResult") },
      ...NOT_FOUND_RESPONSE,
    },
    async run({ sender, id, body }) {
      const { since } = body as { readonly since: string };
      return {
        status: 200,
        body: { recovered: await sender.webhooks.recover(id, { since: since as "8h" }) },
      };
    },
  },
];

function toTestResultDto({ responseStatus, responseBody, durationMs, ...result }: TestResult): object {
  return { ...result, response_status: responseStatus, response_body: responseBody, duration_ms: durationMs };
}
