/**
 * Receives verified Heron webhooks in a Fastify application.
 * @module
 */
export {
  cachedSecrets,
  type DedupeStore,
  Discard,
  type Handlers,
  HeronError,
  type HeronEvents,
  memoryDedupe,
  type ReceiveContext,
  Retry,
  type WebhookEvent,
} from "@heron-webhooks/core";
export { default, type HeronWebhookOptions, type HeronWebhookPlugin, heronWebhook } from "./heron-webhook.ts";
