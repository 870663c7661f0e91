/**
 * Receives verified Heron webhooks in a Fastify application.
 * @module
 */

export { cachedSecrets, Discard, HeronError, memoryDedupe, Retry } from "@heron-webhooks/core";
export { default, type HeronWebhookOptions, heronWebhook } from "./heron-webhook.ts";
