/**
 * Receives verified Heron webhooks in Fastify, and adds a webhook sender to the application.
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
  Retry,
  type SecretFunction,
  type Secrets,
  type WebhookEvent,
} from "@heron-webhooks/core";
export { type HeronConsoleOptions, heronConsole } from "./heron-console.ts";
export { type HeronSenderOptions, heronSender } from "./heron-sender.ts";
export { default, type HeronWebhookOptions, type HeronWebhookPlugin, heronWebhook } from "./heron-webhook.ts";
