/**
 * Events, topics, signatures: `sign`, `verify`, `constructEvent`, `HeronError`. Without a framework and without I/O.
 *
 * Applications mostly import `@heron-webhooks/express` or `@heron-webhooks/fastify`. Subpaths hold the rest: `core/receiver`,
 * `core/delivery`, `core/templates`, `core/slack`, and `core/testing` for tests.
 * @module
 */
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
export type { Clock } from "./clock.ts";
export { type ConstructEventInput, constructEvent } from "./construct-event.ts";
export { decodeEvent } from "./decode.ts";
export type { Duration } from "./duration.ts";
export { HeronError, type HeronErrorCode } from "./errors.ts";
export { createEvent, type EventInput, encodeEvent, type WebhookEvent } from "./event.ts";
export type { Logger } from "./receiver/logger.ts";
export type { JsonSchema } from "./schema.ts";
export type { BodyForm } from "./signature/body-forms.ts";
export { diagnoseSignature, type SignatureHint } from "./signature/diagnose.ts";
export { toStandardSecret } from "./signature/secret.ts";
export { sign } from "./signature/sign.ts";
export { type VerifyOptions, type VerifyResult, verify } from "./signature/verify.ts";
export { isPattern, isTopic, MAX_TOPIC_LENGTH } from "./topics/grammar.ts";
export { getMatchingPatterns, matchTopic } from "./topics/match.ts";
export { PatternIndex } from "./topics/pattern-index.ts";
export type { PatternOf, TopicsMatching } from "./topics/types.ts";
