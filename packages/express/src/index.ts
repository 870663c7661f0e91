/**
 * Receives verified Heron webhooks in Express, and adds a webhook sender to requests.
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
  type JsonSchema,
  type Logger,
  memoryDedupe,
  type OnError,
  type ReceiveContext,
  type Receiver,
  type ReceiverOptions,
  Retry,
  rawBody,
  type SecretFunction,
  type Secrets,
  type WebhookEvent,
} from "@heron-webhooks/core";
export { heronConsole } from "./heron-console.ts";
export { heronSender } from "./heron-sender.ts";
export { type HeronMiddleware, type HeronRouteOptions, heronWebhook } from "./heron-webhook.ts";
