/**
 * Receives verified Heron webhooks in an Express application.
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
  type ReceiverOptions,
  Retry,
  rawBody,
  type WebhookEvent,
} from "@heron-webhooks/core";
export { type HeronMiddleware, heronWebhook } from "./heron-webhook.ts";
