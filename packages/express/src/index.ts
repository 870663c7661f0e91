/**
 * Receives verified Heron webhooks in an Express application.
 * @module
 */

export { cachedSecrets, Discard, HeronError, memoryDedupe, Retry, rawBody } from "@heron-webhooks/core";
export * from "./heron-webhook.ts";
