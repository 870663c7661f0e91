/**
 * Signatures, topics, typed events, the receiver, and the pure part of sending: templates, Slack messages, requests and
 * outcomes. No framework and no I/O.
 *
 * Applications usually import `@heron-webhooks/express` or `@heron-webhooks/fastify`. Other adapters use
 * `createReceiver` with `nodeRequest` or `webRequest`.
 * @module
 */
export {
  assertSender,
  type HeronSender,
  type StartableSender,
  type WithSender,
} from "./application-sender.ts";
export {
  type EndUserData,
  type EventMap,
  type EventMatching,
  type EventOf,
  type HeronEvents,
  type HeronTopic,
  heronTopics,
  isHeronTopic,
  type TopicOf,
  type TransactionsDeletedData,
  type UnknownTopic,
} from "./catalog.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type ConstructEventInput, constructEvent } from "./construct-event.ts";
export { decodeEvent } from "./decode.ts";
export { type ClassifyOptions, classifyResponse } from "./delivery/classify-response.ts";
export { assertHeaders, type RequestHeaderMap } from "./delivery/headers.ts";
export type { HttpResponse } from "./delivery/http-response.ts";
export type { Outcome } from "./delivery/outcome.ts";
export {
  type BodyFormat,
  buildRequest,
  createRequestBuilder,
  type OutgoingRequest,
  type OutgoingWebhook,
  type RequestInput,
  type RequestParts,
} from "./delivery/request.ts";
export {
  createRetryPolicy,
  getRetryDelayMs,
  type RetryOptions,
  type RetryPolicy,
  retryPolicies,
} from "./delivery/retry-policy.ts";
export { isLoopback, parseWebhookUrl, type WebhookUrlOptions } from "./delivery/url.ts";
export { type Duration, parseDuration } from "./duration.ts";
export { HeronError, type HeronErrorCode } from "./errors.ts";
export { createEvent, type EventInput, encodeEvent, stringifyEvent, type WebhookEvent } from "./event.ts";
export type { AcceptedEvent, AcceptResult } from "./receiver/acceptor.ts";
export type { ReceiveContext } from "./receiver/context.ts";
export {
  type DedupeStore,
  type MemoryDedupeOptions,
  memoryDedupe,
  type Reservation,
} from "./receiver/dedupe.ts";
export { Discard, Retry } from "./receiver/handler-errors.ts";
export type { Handler, Handlers } from "./receiver/handlers.ts";
export { consoleLogger, type FailureDetails, type Logger, type OnError } from "./receiver/logger.ts";
export { type NodeMessage, type NodeRequestOptions, nodeRequest, rawBody } from "./receiver/node-request.ts";
export { completeOnResponse, type NodeResponse, writeResponse } from "./receiver/node-response.ts";
export type { DedupeOptions, ReceiverOptions } from "./receiver/options.ts";
export { createReceiver, type Receiver } from "./receiver/receiver.ts";
export type { IncomingRequest, RequestHeaders } from "./receiver/request.ts";
export type { ReceiverResponse } from "./receiver/response.ts";
export {
  type CachedSecretsOptions,
  cachedSecrets,
  type SecretFunction,
  type Secrets,
} from "./receiver/secrets.ts";
export { webRequest } from "./receiver/web-request.ts";
export { compileSchema, type JsonSchema, type Validator } from "./schema.ts";
export type { BodyForm } from "./signature/body-forms.ts";
export { diagnoseSignature, type SignatureHint } from "./signature/diagnose.ts";
export { toStandardSecret } from "./signature/secret.ts";
export { sign } from "./signature/sign.ts";
export { type VerifyOptions, type VerifyResult, verify } from "./signature/verify.ts";
export { classifySlackResponse } from "./slack/classify-response.ts";
export { escapeSlack } from "./slack/escape.ts";
export { formatSlackLink } from "./slack/link.ts";
export { createSlackMessage, type SlackMessageOptions } from "./slack/message.ts";
export { compileSlackTemplate, type SlackTemplate, type SlackTemplateOptions } from "./slack/template.ts";
export type { SlackMessage, SlackObject } from "./slack/types.ts";
export { getSlackUrlKind, type SlackUrlKind } from "./slack/url.ts";
export { toWorkflowVariables } from "./slack/workflow.ts";
export { compileTemplate, type Template, validateTemplate } from "./templates/compile.ts";
export type { TemplateFault, TemplateOptions } from "./templates/options.ts";
export { getValueAt, type TemplateScope } from "./templates/path.ts";
export { parsePath } from "./templates/placeholder.ts";
export { isPattern, isTopic, MAX_TOPIC_LENGTH } from "./topics/grammar.ts";
export { getMatchingPatterns, matchTopic } from "./topics/match.ts";
export { PatternIndex } from "./topics/pattern-index.ts";
export type { PatternOf, TopicsMatching } from "./topics/types.ts";
export {
  type PostResponse,
  type ServeOptions,
  serveWebHandler,
  type WebHandler,
} from "./web/serve-web-handler.ts";
