/**
 * Build webhook requests, classify responses, and decide about retries. Without I/O.
 * @module
 */
export { type ClassifyOptions, classifyResponse } from "./classify-response.ts";
export { assertHeaders, type RequestHeaderMap } from "./headers.ts";
export type { HttpResponse } from "./http-response.ts";
export type { Outcome } from "./outcome.ts";
export {
  type BodyFormat,
  buildRequest,
  createRequestBuilder,
  type OutgoingRequest,
  type OutgoingWebhook,
  type RequestInput,
  type RequestParts,
} from "./request.ts";
export {
  createRetryPolicy,
  getRetryDelayMs,
  type RetryOptions,
  type RetryPolicy,
  retryPolicies,
} from "./retry-policy.ts";
export { isLoopback, parseWebhookUrl, type WebhookUrlOptions } from "./url.ts";
