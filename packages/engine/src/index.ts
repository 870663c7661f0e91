/**
 * The queue inside `@heron-webhooks/sender`: dispatcher, stores and matching, without anything of HTTP. Internal: what it
 * exports may change in any release. Applications use `@heron-webhooks/sender`, authors of stores
 * `@heron-webhooks/sender/store`.
 * @module
 */
import "./node-version.ts";

export { InFlightSet, type InFlightItem } from "./in-flight-set.ts";
export { Maintenance } from "./dispatch/maintenance.ts";
export { Dispatcher, type DispatcherSettings } from "./dispatch/dispatcher.ts";
export {
  type ObservedAttempt,
  type FailureTimes,
  DEFAULT_HEALTH_LIMITS,
  CircuitBreaker,
  type HealthUpdate,
  type HealthLimits,
} from "./dispatch/circuit-breaker.ts";
export { Publisher } from "./dispatch/publisher.ts";
export {
  MAX_EVENT_BYTES,
  createLabelExistsError,
  MAX_LABELS,
  MAX_PENDING_DELIVERIES,
  MAX_WEBHOOKS,
  MAX_WRITE_KEYS,
  createLabelLimitError,
  createPendingLimitError,
  createWriteKeyLimitError,
} from "./limits.ts";
export {
  type Condition,
  type ConditionOp,
  type ConditionScalar,
  parseConditions,
} from "./matching/condition.ts";
export { applyLabels, toLabelTopic } from "./matching/apply-labels.ts";
export { evaluateConditions, readsUser } from "./matching/evaluate-conditions.ts";
export { EventView } from "./matching/event-view.ts";
export { isReservedTopic, isSubscribed, findSubscribedPatterns } from "./matching/subscriptions.ts";
export { parseSubscription, matchesEvent } from "./matching/matches-event.ts";
export { assertKnownKeys, assertOptionalString, assertInteger } from "./validate-options.ts";
export { Claimer } from "./queue/claimer.ts";
export { LocalQueue } from "./queue/local-queue.ts";
export type { QueuedDelivery, QueuedEvent, LocalWebhookQueue } from "./queue/queued-delivery.ts";
export { type RegisteredWebhook, WebhookQueues } from "./queue/webhook-queues.ts";
export { LocalCompleter, type PendingCompletion } from "./queue/local-completer.ts";
export { MonotonicClock } from "./monotonic-clock.ts";
export type { PauseChange, PauseRecord } from "./storage/pauses.ts";
export type { LabelPatch, LabelRecord } from "./storage/label-record.ts";
export { type MemoryStoreOptions, memoryStore } from "./storage/memory/memory-store.ts";
export { assertPageRequest, getPageLimit } from "./storage/page.ts";
export type {
  DeliveryFilter,
  DeliveryStore,
  LabelStore,
  RecoverResult,
  UserStore,
  WebhookStore,
  WriteKeyStore,
} from "./storage/record-stores.ts";
export type {
  AttemptRecord,
  DeliveryDetails,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
  SecretRecord,
  WebhookPatch,
  WebhookRecord,
} from "./storage/records.ts";
export { type SqliteStoreOptions, sqliteStore } from "./storage/sqlite/sqlite-store.ts";
export type {
  Claim,
  ClaimRequest,
  ExpiredDelivery,
  RetentionLimits,
  Lease,
  NewEvent,
  PublishResult,
  PublishOptions,
  Completion,
  AttemptResult,
  Store,
} from "./storage/store.ts";
export type { WriteKeyRecord } from "./storage/write-key-record.ts";
export { yieldToEventLoop } from "./yield-to-event-loop.ts";
