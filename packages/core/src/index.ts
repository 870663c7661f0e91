/**
 * Signing, verification, topics, typed events and the receiving path, and the pure part of sending: templates, Slack
 * messages, requests, outcomes. Without a framework and without I/O.
 *
 * Applications mostly import `@heron-webhooks/express` or `@heron-webhooks/fastify`; authors of another adapter need
 * `createReceiver` and `nodeRequest` or `webRequest`.
 * @module
 */
export {
  checkSender,
  type HeronSender,
  type Startable,
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
export { decodeEvent } from "./decode.ts";
export type { Answer } from "./delivery/answer.ts";
export { classify, type OutcomePolicy } from "./delivery/classify.ts";
export { checkHeaders, type RequestHeaderMap } from "./delivery/headers.ts";
export type { Outcome } from "./delivery/outcome.ts";
export {
  type BodyFormat,
  buildRequest,
  type OutgoingRequest,
  type OutgoingWebhook,
  type RequestInput,
  type RequestParts,
  requestsTo,
} from "./delivery/request.ts";
export {
  nextDelay,
  type RetrySchedule,
  type RetryScheduleOptions,
  retrySchedule,
  retrySchedules,
} from "./delivery/schedule.ts";
export { isLoopback, type WebhookUrlOptions, webhookUrl } from "./delivery/url.ts";
export { type Duration, milliseconds } from "./duration.ts";
export { HeronError, type HeronErrorCode } from "./errors.ts";
export { createEvent, type EventInput, encodeEvent, eventText, type WebhookEvent } from "./event.ts";
export type { Accepted, AcceptedEvent } from "./receive/accept.ts";
export type { ReceiveContext } from "./receive/context.ts";
export {
  type DedupeStore,
  type MemoryDedupeOptions,
  memoryDedupe,
  type Reservation,
} from "./receive/dedupe.ts";
export type { Handler, Handlers } from "./receive/handlers.ts";
export { consoleLogger, type FailureDetails, type Logger, type OnError } from "./receive/logger.ts";
export { type NodeMessage, type NodeRequestOptions, nodeRequest, rawBody } from "./receive/node-request.ts";
export { doneByResponse, type NodeResponse, writeReply } from "./receive/node-response.ts";
export type { DedupeOptions, ReceiverOptions } from "./receive/options.ts";
export { createReceiver, type Receiver } from "./receive/receiver.ts";
export type { Reply } from "./receive/reply.ts";
export type { IncomingRequest, RequestHeaders } from "./receive/request.ts";
export {
  type CachedSecretsOptions,
  cachedSecrets,
  type SecretFunction,
  type Secrets,
} from "./receive/secrets.ts";
export { Discard, Retry } from "./receive/verdict.ts";
export { webRequest } from "./receive/web-request.ts";
export { compileSchema, type JsonSchema, type Validate } from "./schema.ts";
export { explain, type Hint } from "./signature/explain.ts";
export type { Form } from "./signature/forms.ts";
export { standardSecret } from "./signature/secret.ts";
export { sign } from "./signature/sign.ts";
export { type Verified, type VerifyOptions, verify } from "./signature/verify.ts";
export { escapeSlack } from "./slack/escape.ts";
export { linkTo } from "./slack/link.ts";
export { type SlackMessageOptions, slackMessage } from "./slack/message.ts";
export { readSlackResponse } from "./slack/response.ts";
export { compileSlackTemplate, type SlackTemplate, type SlackTemplateOptions } from "./slack/template.ts";
export type { SlackMessage, SlackObject } from "./slack/types.ts";
export { type SlackUrlKind, slackUrlKind } from "./slack/url.ts";
export { workflowVariables } from "./slack/workflow.ts";
export { compileTemplate, type Template, validateTemplate } from "./template/compile.ts";
export type { TemplateFault, TemplateOptions } from "./template/options.ts";
export { type TemplateScope, valueAt } from "./template/path.ts";
export { pathOf } from "./template/placeholder.ts";
export { isPattern, isTopic, LONGEST_TOPIC } from "./topic/grammar.ts";
export { matchTopic, patternsOf } from "./topic/match.ts";
export { PatternIndex } from "./topic/pattern-index.ts";
export type { PatternOf, TopicsMatching } from "./topic/types.ts";
export { type PostReply, type ServeOptions, serveWeb, type WebHandler } from "./web/serve.ts";
