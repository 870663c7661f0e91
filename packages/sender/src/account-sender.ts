import { HeronError } from "@heron-webhooks/core";
import type { DeliveryFilter, PageRequest, PublishResult } from "@heron-webhooks/engine";
import type { SenderDeliveries } from "./deliveries/sender-deliveries.ts";
import type { StatsFilter } from "./deliveries/stats.ts";
import type { EmitOptions, EmitResult } from "./events/new-event.ts";
import type { TrackInput, TrackOptions } from "./events/track.ts";
import type { Tracker } from "./events/tracker.ts";
import type { LabelInput, LabelUpdate, SenderLabels } from "./labels/sender-labels.ts";
import type { DataIn, TopicIn, Topics } from "./topics/catalogue.ts";
import type { Properties } from "./users/properties.ts";
import type { SenderUsers } from "./users/sender-users.ts";
import type { PreviewOptions } from "./webhooks/preview.ts";
import type { MatchPreviewInput } from "./webhooks/preview-matches.ts";
import type { SenderWebhooks } from "./webhooks/sender-webhooks.ts";
import type { WebhookInput } from "./webhooks/webhook-input.ts";
import type { SenderWriteKeys } from "./write-keys/sender-write-keys.ts";

/** The webhooks of one account. Each operation on another's throws `webhook_not_found`, as if it were not there. */
export interface AccountWebhooks
  extends Omit<SenderWebhooks, "create" | "preview" | "previewMatches" | "list" | "reencrypt"> {
  /** @throws HeronError as `create` of {@link SenderWebhooks} does */
  create(input: Omit<WebhookInput, "account">): ReturnType<SenderWebhooks["create"]>;
  /** @throws HeronError as `preview` of {@link SenderWebhooks} does */
  preview(
    input: Omit<WebhookInput, "account">,
    options?: PreviewOptions,
  ): ReturnType<SenderWebhooks["preview"]>;
  /** @throws HeronError as `matching` of {@link SenderWebhooks} does */
  previewMatches(input: Omit<MatchPreviewInput, "account">): ReturnType<SenderWebhooks["previewMatches"]>;
  /** In the order in which they were made. */
  list(page?: PageRequest): ReturnType<SenderWebhooks["list"]>;
}

/** What became of one account's events. Another's deliveries are `delivery_not_found`, as if they were not there. */
export interface AccountDeliveries extends Omit<SenderDeliveries, "list" | "stats"> {
  /** The newest first. A page may be short, or empty, and not be the last: that is where `next` is null. */
  list(filter?: Omit<DeliveryFilter, "account">, page?: PageRequest): ReturnType<SenderDeliveries["list"]>;
  /** @throws HeronError as `stats` of {@link SenderDeliveries} does */
  stats(filter: Omit<StatsFilter, "account">): ReturnType<SenderDeliveries["stats"]>;
}

/** The users of one account. */
export interface AccountUsers {
  /** Puts properties over those that the user has, and gives all of them back. @throws HeronError `properties_invalid` */
  addProperties<P extends object & Properties<P>>(
    user: string,
    properties: P,
  ): ReturnType<SenderUsers["addProperties"]>;
  /** Null if nothing is known of the user. */
  get(user: string): ReturnType<SenderUsers["get"]>;
  /** False if nothing was known. */
  delete(user: string): ReturnType<SenderUsers["delete"]>;
}

/** The labels of one account. */
export interface AccountLabels {
  /** @throws HeronError as `create` of {@link SenderLabels} does */
  create(input: LabelInput): ReturnType<SenderLabels["create"]>;
  /** @throws HeronError `label_not_found` */
  get(name: string): ReturnType<SenderLabels["get"]>;
  /** By name. */
  list(): ReturnType<SenderLabels["list"]>;
  /** @throws HeronError as `update` of {@link SenderLabels} does */
  update(name: string, changes: LabelUpdate): ReturnType<SenderLabels["update"]>;
  /** @throws HeronError `label_not_found` */
  delete(name: string): ReturnType<SenderLabels["delete"]>;
}

/** The write keys of one account. */
export interface AccountWriteKeys {
  /** @throws HeronError `limit_reached`, `option_invalid` */
  create(options?: { readonly description?: string | undefined }): ReturnType<SenderWriteKeys["create"]>;
  /** In the order in which they were made. */
  list(): ReturnType<SenderWriteKeys["list"]>;
  /** @throws HeronError `write_key_not_found` */
  delete(id: string): ReturnType<SenderWriteKeys["delete"]>;
}

/** What a sender does for one account, and nothing of any other's. */
export interface AccountSender<T extends Topics = Topics> {
  readonly account: string;
  readonly webhooks: AccountWebhooks;
  readonly deliveries: AccountDeliveries;
  readonly users: AccountUsers;
  readonly labels: AccountLabels;
  readonly writeKeys: AccountWriteKeys;
  /** Publishes an event to every webhook of this account that matches. @throws HeronError as `emit` of a sender does */
  emit<Name extends TopicIn<T>>(
    topic: Name,
    data: DataIn<T, Name>,
    options?: Omit<EmitOptions, "account">,
  ): Promise<EmitResult>;
  /** Emits an event by an analytics client's name for it. @throws HeronError as `track` of a sender does */
  track<P extends object & Properties<P>>(
    name: string,
    options?: Omit<TrackOptions<P>, "account">,
  ): Promise<EmitResult>;
  /** Tracks several, or none. @throws HeronError as `trackAll` of a sender does */
  trackAll(events: readonly TrackInput[]): Promise<readonly PublishResult[]>;
}

/** What the sender of an account is made from. */
export interface AccountSenderContext {
  readonly emit: (topic: string, data: unknown, options: EmitOptions) => Promise<EmitResult>;
  readonly tracker: Tracker;
  readonly users: SenderUsers;
  readonly labels: SenderLabels;
  readonly writeKeys: SenderWriteKeys;
  /** Which find nothing of another account's. */
  readonly webhooks: SenderWebhooks;
  readonly deliveries: SenderDeliveries;
}

export function createAccountSender(
  account: string,
  { emit, tracker, users, labels, writeKeys, webhooks, deliveries }: AccountSenderContext,
): AccountSender {
  const { reencrypt: _, ...accountWebhooks } = webhooks;
  return {
    account,
    webhooks: {
      ...accountWebhooks,
      create: async (input) => webhooks.create(withAccount(account, "webhooks.create", input)),
      preview: async (input, options) =>
        webhooks.preview(withAccount(account, "webhooks.preview", input), options),
      previewMatches: async (input) =>
        webhooks.previewMatches(withAccount(account, "webhooks.matching", input)),
      list: (page) => webhooks.list({ account }, page),
    },
    deliveries: {
      ...deliveries,
      list: async (filter = {}, page) =>
        deliveries.list(withAccount(account, "deliveries.list", filter), page),
      stats: async (filter) => deliveries.stats(withAccount(account, "deliveries.stats", filter)),
    },
    users: {
      addProperties: (user, properties) => users.addProperties(user, properties, { account }),
      get: (user) => users.get(user, { account }),
      delete: (user) => users.delete(user, { account }),
    },
    labels: {
      create: (input) => labels.create(input, { account }),
      get: (name) => labels.get(name, { account }),
      list: () => labels.list({ account }),
      update: (name, changes) => labels.update(name, changes, { account }),
      delete: (name) => labels.delete(name, { account }),
    },
    writeKeys: {
      create: async (options = {}) => writeKeys.create(withAccount(account, "writeKeys.create", options)),
      list: () => writeKeys.list({ account }),
      delete: (id) => writeKeys.delete(id, { account }),
    },
    emit: async (topic, data, options = {}) => emit(topic, data, withAccount(account, "emit", options)),
    track: async (name, options = {}) => tracker.track(name, withAccount(account, "track", options)),
    trackAll: async (events) => tracker.trackAll(events, { account }),
  };
}

/**
 * What was given, of this account. One that is named is refused rather than passed over: it came from who may not choose.
 * @throws HeronError `option_invalid`
 */
function withAccount<Input extends object>(
  account: string,
  caller: string,
  input: Input,
): Input & { readonly account: string } {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new HeronError("option_invalid", `${caller} takes an object.`);
  if ("account" in input)
    throw new HeronError(
      "option_invalid",
      `${caller} of sender.for(account) takes no account: leave it out, or ask the sender itself.`,
    );
  return { ...input, account };
}
