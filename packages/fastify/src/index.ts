/**
 * Receives verified Heron webhooks in a Fastify application, and puts a sender of webhooks into one.
 * @module
 */
export {
  cachedSecrets,
  type DedupeStore,
  Discard,
  type Handlers,
  HeronError,
  type HeronEvents,
  type HeronSender,
  memoryDedupe,
  type ReceiveContext,
  Retry,
  type WebhookEvent,
} from "@heron-webhooks/core";
export { type HeronConsoleOptions, heronConsole } from "./heron-console.ts";
export { type HeronSenderOptions, heronSender } from "./heron-sender.ts";
export { default, type HeronWebhookOptions, type HeronWebhookPlugin, heronWebhook } from "./heron-webhook.ts";
