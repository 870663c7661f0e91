/**
 * The queue inside `@heron-webhooks/sender`: dispatcher, stores and matching, without HTTP. Internal: its exports may
 * change in any release. Applications use `@heron-webhooks/sender`, authors of stores
 * `@heron-webhooks/sender/store`.
 * @module
 */
import "./node-version.ts";

export {
  CircuitBreaker,
  DEFAULT_HEALTH_LIMITS,
  type FailureTimes,
  type HealthLimits,
  type HealthUpdate,
  type ObservedAttempt,
} from "./dispatch/circuit-breaker.ts";
export { Dispatcher, type DispatcherSettings } from "./dispatch/dispatcher.ts";
export { Maintenance } from "./dispatch/maintenance.ts";
export { Publisher } from "./dispatch/publisher.ts";
export { type InFlightItem, InFlightSet } from "./in-flight-set.ts";
export {
  createLabelExistsError,
  createLabelLimitError,
  createPendingLimitError,
  createWriteKeyLimitError,
  MAX_EVENT_BYTES,
  MAX_LABELS,
  MAX_PENDING_DELIVERIES,
  MAX_WEBHOOKS,
  MAX_WRITE_KEYS,
} from "./limits.ts";
export { applyLabels, toLabelTopic } from "./matching/apply-labels.ts";
export {
  type Condition,
  type ConditionOp,
  type ConditionScalar,
  parseConditions,
} from "./matching/condition.ts";
export { evaluateConditions, readsUser } from "./matching/evaluate-conditions.ts";
export { EventView } from "./matching/event-view.ts";
export { matchesEvent, parseSubscription } from "./matching/matches-event.ts";
export { findSubscribedPatterns, isReservedTopic, isSubscribed } from "./matching/subscriptions.ts";
export { MonotonicClock } from "./monotonic-clock.ts";
export { Claimer } from "./queue/claimer.ts";
export { LocalCompleter, type PendingCompletion } from "./queue/local-completer.ts";
export { LocalQueue } from "./queue/local-queue.ts";
export type { LocalWebhookQueue, QueuedDelivery, QueuedEvent } from "./queue/queued-delivery.ts";
export { type RegisteredWebhook, WebhookQueues } from "./queue/webhook-queues.ts";
export type { LabelPatch, LabelRecord } from "./storage/label-record.ts";
export { type MemoryStoreOptions, memoryStore } from "./storage/memory/memory-store.ts";
export { assertPageRequest, getPageLimit } from "./storage/page.ts";
export type { PauseChange, PauseRecord } from "./storage/pauses.ts";
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
  AttemptResult,
  Claim,
  ClaimRequest,
  Completion,
  ExpiredDelivery,
  Lease,
  NewEvent,
  PublishOptions,
  PublishResult,
  RetentionLimits,
  Store,
} from "./storage/store.ts";
export type { WriteKeyRecord } from "./storage/write-key-record.ts";
export { assertInteger, assertKnownKeys, assertOptionalString } from "./validate-options.ts";
export { yieldToEventLoop } from "./yield-to-event-loop.ts";
