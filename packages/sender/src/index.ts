/**
 * Webhooks that an application offers its own customers: durable, fair, signed, in one import.
 * @module
 */
import "./node-version.ts";
import type { Sender } from "./sender.ts";

declare global {
  namespace HeronWebhooks {
    // From which adapters take the type of `app.heron` and `req.heronSender`, without knowing this package.
    interface Types {
      readonly senderByDefault: Sender;
    }
  }
}

export {
  type Duration,
  HeronError,
  type HeronErrorCode,
  type JsonSchema,
  type Logger,
  type RetrySchedule,
  retrySchedule,
  retrySchedules,
  standardSecret,
} from "@heron-webhooks/core";
export type {
  AttemptRecord,
  Claim,
  ClaimRequest,
  Condition,
  ConditionOp,
  ConditionScalar,
  DeliveryFilter,
  DeliveryLog,
  DeliveryRecord,
  DeliveryState,
  DeliveryStore,
  ExpiredDelivery,
  GateChange,
  GateRecord,
  KeepLimits,
  LabelChange,
  LabelRecord,
  LabelStore,
  Lease,
  NewEvent,
  Page,
  PageRequest,
  Published,
  PublishOptions,
  Recovered,
  SecretRecord,
  Settled,
  Settlement,
  Store,
  UserStore,
  WebhookChange,
  WebhookRecord,
  WebhookStore,
  WriteKeyRecord,
  WriteKeyStore,
} from "@heron-webhooks/engine";
export {
  type MemoryStoreOptions,
  memoryStore,
  type SqliteStoreOptions,
  sqliteStore,
} from "@heron-webhooks/engine";
export type {
  AccountDeliveries,
  AccountLabels,
  AccountSender,
  AccountUsers,
  AccountWebhooks,
  AccountWriteKeys,
} from "./account-sender.ts";
export type { SenderAccounts } from "./accounts.ts";
export type { DeliveryStats, StatsBucket, StatsSlice, WebhookStats } from "./deliveries/delivery-stats.ts";
export type { Delivery, SenderDeliveries } from "./deliveries/sender-deliveries.ts";
export type { StatsFilter } from "./deliveries/stats.ts";
export type { DeliveryWait } from "./deliveries/wait.ts";
export type { EgressOptions } from "./egress/egress.ts";
export type { AttemptMade, DeadDelivery, EngineHooks } from "./engine/hooks.ts";
export type { EmitOptions, Emitted } from "./events/new-event.ts";
export type { TrackInput, TrackOptions } from "./events/track.ts";
export type { CloseOptions } from "./grace.ts";
export type { Label, LabelChanges, LabelInput, LabelOptions, SenderLabels } from "./labels/sender-labels.ts";
export type { SenderOptions } from "./options.ts";
export { createSender, type PruneOptions, type Sender } from "./sender.ts";
export type { DataIn, TopicDescription, TopicIn, Topics } from "./topics/catalogue.ts";
export { checkUserProperties, type Properties, type PropertyValue } from "./users/properties.ts";
export type { SenderUsers, UserOptions } from "./users/sender-users.ts";
export type { AuthScheme, WebhookAuth } from "./webhooks/auth.ts";
export type { WebhookChanges, WebhookInput } from "./webhooks/input.ts";
export type { Matching, MatchingInput } from "./webhooks/matching.ts";
export type { Preview, PreviewOptions } from "./webhooks/preview.ts";
export type { SenderWebhooks } from "./webhooks/sender-webhooks.ts";
export type { RecoverOptions } from "./webhooks/since.ts";
export type { TestResult } from "./webhooks/trial.ts";
export type { NewWebhook, Webhook } from "./webhooks/webhook.ts";
export type {
  NewWriteKey,
  SenderWriteKeys,
  WriteKey,
  WriteKeyOptions,
} from "./write-keys/sender-write-keys.ts";
