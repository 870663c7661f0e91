/**
 * Receives verified Heron webhooks in Fastify, and adds a webhook sender to the application.
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
  Retry,
  type SecretFunction,
  type Secrets,
} from "@heron-webhooks/core/receiver";
export { type HeronConsoleOptions, heronConsole } from "./heron-console.ts";
export { type HeronSenderOptions, heronSender } from "./heron-sender.ts";
export { default, type HeronWebhookOptions, type HeronWebhookPlugin, heronWebhook } from "./heron-webhook.ts";
