/**
 * Sends webhooks to the customers of an application: durable, fair and signed.
 * @module
 */
import "./node-version.ts";
import type { Sender } from "./sender.ts";

declare global {
  namespace HeronWebhooks {
    // Adapters read the type of `app.heron` and `req.heron` from here, without depending on this package.
    interface Types {
      readonly defaultSender: Sender;
    }
  }
}

export {
  type Duration,
  HeronError,
  type HeronErrorCode,
  type JsonSchema,
  type Logger,
  toStandardSecret,
} from "@heron-webhooks/core";
export { createRetryPolicy, type RetryPolicy, retryPolicies } from "@heron-webhooks/core/delivery";
export type {
  AttemptRecord,
  AttemptResult,
  Claim,
  ClaimRequest,
  Completion,
  Condition,
  ConditionOp,
  ConditionScalar,
  DeliveryDetails,
  DeliveryFilter,
  DeliveryRecord,
  DeliveryState,
  DeliveryStore,
  ExpiredDelivery,
  LabelPatch,
  LabelRecord,
  LabelStore,
  Lease,
  NewEvent,
  Page,
  PageRequest,
  PauseChange,
  PauseRecord,
  PublishOptions,
  PublishResult,
  RecoverResult,
  RetentionLimits,
  SecretRecord,
  Store,
  UserStore,
  WebhookPatch,
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
export type { CloseOptions } from "./close-options.ts";
export type { DeliveryStats, StatsBucket, StatsSlice, WebhookStats } from "./deliveries/delivery-stats.ts";
export type { Delivery, SenderDeliveries } from "./deliveries/sender-deliveries.ts";
export type { StatsFilter } from "./deliveries/stats.ts";
export type { DeliveryWait } from "./deliveries/wait.ts";
export type { AttemptEvent, DeadDelivery, SenderHooks } from "./dispatch/hooks.ts";
export type { EgressOptions } from "./egress/egress.ts";
export type { EmitOptions, EmitResult } from "./events/new-event.ts";
export type { TrackInput, TrackOptions } from "./events/track.ts";
export type { Label, LabelInput, LabelOptions, LabelUpdate, SenderLabels } from "./labels/sender-labels.ts";
export type { SenderOptions } from "./options.ts";
export { createSender, type PruneOptions, type Sender } from "./sender.ts";
export type { DataIn, TopicDescription, TopicIn, Topics } from "./topics/catalogue.ts";
export { assertUserProperties, type Properties, type PropertyValue } from "./users/properties.ts";
export type { SenderUsers, UserOptions } from "./users/sender-users.ts";
export type { AuthScheme, WebhookAuth } from "./webhooks/auth.ts";
export type { Preview, PreviewOptions } from "./webhooks/preview.ts";
export type { MatchPreview, MatchPreviewInput } from "./webhooks/preview-matches.ts";
export type { TestResult } from "./webhooks/send-test.ts";
export type { SenderWebhooks } from "./webhooks/sender-webhooks.ts";
export type { RecoverOptions } from "./webhooks/since.ts";
export type { NewWebhook, Webhook } from "./webhooks/webhook.ts";
export type { WebhookInput, WebhookUpdate } from "./webhooks/webhook-input.ts";
export type {
  NewWriteKey,
  SenderWriteKeys,
  WriteKey,
  WriteKeyOptions,
} from "./write-keys/sender-write-keys.ts";
