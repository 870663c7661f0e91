import type { WebhookEvent } from "./event.ts";
import type { TopicsMatching } from "./topics/types.ts";

/** The data of `end_user` events. Source: Heron Data API, `EndUserWebhookData`. */
export interface EndUserData {
  /** Heron's id of the end user, `eus_…`, for its API. */
  readonly heron_id: string;
  /** Your id of the end user. */
  readonly end_user_id: string;
  /** Such as `processed` or `reviewed`. */
  readonly status: string;
}

/** The data of `transactions.deleted`. Source: Heron Data API, `TransactionDeleteWebhook`. */
export interface TransactionsDeletedData {
  readonly transactions: readonly { readonly heron_id: string; readonly reference_id: string | null }[];
}

/**
 * The topics that Heron Data publishes, with their data where it is documented; the rest is `unknown`.
 * Source: Heron Data API, `WebhookSchema.topic`, 14 August 2026. Heron adds
 * topics over time; events of other topics are received, too.
 */
export interface HeronEvents {
  "data_source.enabled": unknown;
  "data_source_account_summary.created": unknown;
  "data_source.disabled": unknown;
  "end_user.created": unknown;
  /** Automated processing of an end user has finished. */
  "end_user.processed": EndUserData;
  "end_user.failed": EndUserData;
  /** An underwriter or Heron reviewed a company manually. */
  "end_user.reviewed": EndUserData;
  /** @deprecated by Heron: use `transactions.updated`. */
  "end_user.transactions_updated": unknown;
  /** An end user broke one of your rules and needs a review. */
  "end_user.review_required": EndUserData;
  "end_user.files_changed": unknown;
  "end_user.files_classified": unknown;
  "end_user_information.updated": unknown;
  "end_user.policy_workflow_finished": unknown;
  "end_user.policy_workflow_failed": unknown;
  "enrich_workflow.finished": unknown;
  /** Transactions were deleted. Contains only their ids. */
  "transactions.deleted": TransactionsDeletedData;
  /** Within 10 minutes of the last change to an end user's transactions. */
  "transactions.updated": unknown;
  /** A PDF was processed. */
  "pdf.processed": unknown;
  /** A PDF reconciles and is under the anomaly threshold. */
  "pdf.checks_passed": unknown;
  /** A PDF does not reconcile, or is over the anomaly threshold. */
  "pdf.checks_failed": unknown;
  /** The transactions of a PDF were loaded into an end user. */
  "pdf.transactions_loaded": unknown;
  /** No transactions could be extracted from a PDF. */
  "pdf.failed": unknown;
  "pdf.parsed": unknown;
  "pdf.human_reviewing": unknown;
  "pdf.approved": unknown;
  "integration_link.erroring": unknown;
  "iso_application.processed": unknown;
  "iso_application.processed_simple": unknown;
  "iso_application.created": unknown;
  "iso_application.failed": unknown;
  "end_user_email.processed": unknown;
  "end_user_email.failed": unknown;
  "end_user_file.parsed": unknown;
  "end_user_file.parse_failed": unknown;
  "end_user_file.processed_standalone": unknown;
  "end_user_file.deleted": unknown;
  "end_user_files.processing_failed": unknown;
  "enricher.succeeded": unknown;
  "enricher.failed": unknown;
  "pricing_template.generation_succeeded": unknown;
  "pricing_template.generation_failed": unknown;
  "pricing_template.delivery_succeeded": unknown;
  "pricing_template.delivery_failed": unknown;
  "workflow.event": unknown;
}

/** A topic that Heron Data publishes. */
export type HeronTopic = keyof HeronEvents;

// An object, so that the compiler compares its keys with the interface.
const KNOWN_TOPICS: { readonly [T in HeronTopic]: true } = {
  "data_source.enabled": true,
  "data_source_account_summary.created": true,
  "data_source.disabled": true,
  "end_user.created": true,
  "end_user.processed": true,
  "end_user.failed": true,
  "end_user.reviewed": true,
  "end_user.transactions_updated": true,
  "end_user.review_required": true,
  "end_user.files_changed": true,
  "end_user.files_classified": true,
  "end_user_information.updated": true,
  "end_user.policy_workflow_finished": true,
  "end_user.policy_workflow_failed": true,
  "enrich_workflow.finished": true,
  "transactions.deleted": true,
  "transactions.updated": true,
  "pdf.processed": true,
  "pdf.checks_passed": true,
  "pdf.checks_failed": true,
  "pdf.transactions_loaded": true,
  "pdf.failed": true,
  "pdf.parsed": true,
  "pdf.human_reviewing": true,
  "pdf.approved": true,
  "integration_link.erroring": true,
  "iso_application.processed": true,
  "iso_application.processed_simple": true,
  "iso_application.created": true,
  "iso_application.failed": true,
  "end_user_email.processed": true,
  "end_user_email.failed": true,
  "end_user_file.parsed": true,
  "end_user_file.parse_failed": true,
  "end_user_file.processed_standalone": true,
  "end_user_file.deleted": true,
  "end_user_files.processing_failed": true,
  "enricher.succeeded": true,
  "enricher.failed": true,
  "pricing_template.generation_succeeded": true,
  "pricing_template.generation_failed": true,
  "pricing_template.delivery_succeeded": true,
  "pricing_template.delivery_failed": true,
  "workflow.event": true,
};

/** The topics that Heron Data publishes, in the order of its documentation. */
export const heronTopics: readonly HeronTopic[] = Object.keys(KNOWN_TOPICS) as HeronTopic[];

/** Whether a topic is one that Heron Data publishes. */
export function isHeronTopic(topic: string): topic is HeronTopic {
  return Object.hasOwn(KNOWN_TOPICS, topic);
}

declare enum UnlistedTopic {
  topic = "",
}

/**
 * An unlisted topic: a branded string, so that comparing `event.topic` with a listed topic narrows `event.data`. Handle
 * it by name, `on: { "its.topic": … }`, or list it: `createReceiver<HeronEvents & { "its.topic": ItsData }>`.
 */
export type UnknownTopic = UnlistedTopic;

/** Topics and the type of their data. */
export type EventMap = object;

/** The topics of an {@link EventMap}. */
export type TopicOf<Events extends EventMap> = keyof Events & string;

/** The event of a topic; of several topics, their union. */
export type EventOf<Events extends EventMap, T extends TopicOf<Events>> = {
  [K in T]: WebhookEvent<K, Events[K]>;
}[T];

/** The events of a handler for the pattern `P`. */
export type EventMatching<Events extends EventMap, P extends string> =
  P extends TopicOf<Events>
    ? EventOf<Events, P>
    : P extends `${string}*${string}`
      ? EventOf<Events, TopicsMatching<P, TopicOf<Events>>> | WebhookEvent<UnknownTopic, unknown>
      : WebhookEvent<string, unknown>;
