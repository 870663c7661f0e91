/**
 * The queue inside `@heron-webhooks/sender`: dispatcher, stores and matching, without anything of HTTP. Internal: what it
 * exports may change in any release. Applications use `@heron-webhooks/sender`, authors of stores
 * `@heron-webhooks/sender/store`.
 * @module
 */
import "./node-version.ts";

export { Bag, type Bagged } from "./bag.ts";
export { Ageing } from "./dispatch/ageing.ts";
export { Engine, type EngineSettings } from "./dispatch/engine.ts";
export {
  type Attempted,
  type Failing,
  HEALTH,
  Health,
  type HealthChange,
  type HealthLimits,
} from "./dispatch/health.ts";
export { Publisher } from "./dispatch/publisher.ts";
export {
  LONGEST_EVENT,
  labelExists,
  MOST_LABELS,
  MOST_PENDING,
  MOST_WEBHOOKS,
  MOST_WRITE_KEYS,
  tooManyLabels,
  tooManyPending,
  tooManyWriteKeys,
} from "./limits.ts";
export {
  type Condition,
  type ConditionOp,
  type ConditionScalar,
  conditionsOf,
} from "./matching/condition.ts";
export { labeled, labelTopic } from "./matching/labeled.ts";
export { meets, readsUser } from "./matching/meets.ts";
export { Subject } from "./matching/subject.ts";
export { isOwnTopic, isSubscribed, subscribedPatterns } from "./matching/subscribed.ts";
export { checkWanted, wants } from "./matching/wants.ts";
export { checkNames, checkText, whole } from "./names.ts";
export { Claiming } from "./queue/claiming.ts";
export { Hot } from "./queue/hot.ts";
export type { HotDelivery, HotEvent, HotLane } from "./queue/hot-delivery.ts";
export { type Introduced, Lanes } from "./queue/lanes.ts";
export { HotSettling, type Settling } from "./queue/settling.ts";
export { SteadyClock } from "./steady-clock.ts";
export type { GateChange, GateRecord } from "./storage/gates.ts";
export type { LabelChange, LabelRecord } from "./storage/label-record.ts";
export { type MemoryStoreOptions, memoryStore } from "./storage/memory/memory-store.ts";
export { checkPage, limitOf } from "./storage/page.ts";
export type {
  DeliveryFilter,
  DeliveryStore,
  LabelStore,
  Recovered,
  UserStore,
  WebhookStore,
  WriteKeyStore,
} from "./storage/record-stores.ts";
export type {
  AttemptRecord,
  DeliveryLog,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
  SecretRecord,
  WebhookChange,
  WebhookRecord,
} from "./storage/records.ts";
export { type SqliteStoreOptions, sqliteStore } from "./storage/sqlite/sqlite-store.ts";
export type {
  Claim,
  ClaimRequest,
  ExpiredDelivery,
  KeepLimits,
  Lease,
  NewEvent,
  Published,
  PublishOptions,
  Settled,
  Settlement,
  Store,
} from "./storage/store.ts";
export type { WriteKeyRecord } from "./storage/write-key-record.ts";
export { nextTurn } from "./turn.ts";
