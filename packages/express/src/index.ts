/**
 * Receives verified Heron webhooks in Express, and adds a webhook sender to requests.
 * @module
 */
export {
  HeronError,
  type HeronEvents,
  type JsonSchema,
  type Logger,
  type WebhookEvent,
} from "@heron-webhooks/core";
export type { HeronSender } from "@heron-webhooks/core/internal";
export {
  cachedSecrets,
  type DedupeStore,
  Discard,
  type Handlers,
  memoryDedupe,
  type OnError,
  type ReceiveContext,
  type Receiver,
  type ReceiverOptions,
  Retry,
  rawBody,
  type SecretFunction,
  type Secrets,
} from "@heron-webhooks/core/receiver";
export { heronConsole } from "./heron-console.ts";
export { heronSender } from "./heron-sender.ts";
export { type HeronMiddleware, type HeronRouteOptions, heronWebhook } from "./heron-webhook.ts";
