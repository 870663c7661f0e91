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

/** The webhooks of one account. Operations on another account's webhooks throw `webhook_not_found`. */
export interface AccountWebhooks
  extends Omit<SenderWebhooks, "create" | "preview" | "previewMatches" | "list" | "reencrypt"> {
  /** @throws HeronError as `create` of {@link SenderWebhooks} does */
  create(input: Omit<WebhookInput, "account">): ReturnType<SenderWebhooks["create"]>;
  /** @throws HeronError as `preview` of {@link SenderWebhooks} does */
  preview(
    input: Omit<WebhookInput, "account">,
    options?: PreviewOptions,
  ): ReturnType<SenderWebhooks["preview"]>;
  /** @throws HeronError as `previewMatches` of {@link SenderWebhooks} does */
  previewMatches(input: Omit<MatchPreviewInput, "account">): ReturnType<SenderWebhooks["previewMatches"]>;
  /** In order of creation. */
  list(page?: PageRequest): ReturnType<SenderWebhooks["list"]>;
}

/** The deliveries of one account. Operations on another account's deliveries throw `delivery_not_found`. */
export interface AccountDeliveries extends Omit<SenderDeliveries, "list" | "stats"> {
  /** Newest first. A page may be short or empty without being the last; the last has a `nextCursor` of null. */
  list(filter?: Omit<DeliveryFilter, "account">, page?: PageRequest): ReturnType<SenderDeliveries["list"]>;
  /** @throws HeronError as `stats` of {@link SenderDeliveries} does */
  stats(filter: Omit<StatsFilter, "account">): ReturnType<SenderDeliveries["stats"]>;
}

/** The users of one account. */
export interface AccountUsers {
  /**
   * Merges properties into those of the user, and returns all of them.
   * @throws HeronError `properties_invalid`
   */
  addProperties<P extends object & Properties<P>>(
    user: string,
    properties: P,
  ): ReturnType<SenderUsers["addProperties"]>;
  /** Returns null if the user has no properties. */
  get(user: string): ReturnType<SenderUsers["get"]>;
  /** Returns false if the user had no properties. */
  delete(user: string): ReturnType<SenderUsers["delete"]>;
}

/** The labels of one account. */
export interface AccountLabels {
  /** @throws HeronError as `create` of {@link SenderLabels} does */
  create(input: LabelInput): ReturnType<SenderLabels["create"]>;
  /** @throws HeronError `label_not_found` */
  get(name: string): ReturnType<SenderLabels["get"]>;
  /** Sorted by name. */
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
  /** In order of creation. */
  list(): ReturnType<SenderWriteKeys["list"]>;
  /** @throws HeronError `write_key_not_found` */
  delete(id: string): ReturnType<SenderWriteKeys["delete"]>;
}

/** A sender limited to one account. */
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

export interface AccountSenderContext {
  readonly emit: (topic: string, data: unknown, options: EmitOptions) => Promise<EmitResult>;
  readonly tracker: Tracker;
  readonly users: SenderUsers;
  readonly labels: SenderLabels;
  readonly writeKeys: SenderWriteKeys;
  /** Limited to the account. */
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
        webhooks.previewMatches(withAccount(account, "webhooks.previewMatches", input)),
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
 * Adds the account to the input. An input that names an account is rejected rather than ignored: its source may not
 * choose one.
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
      `${caller} of sender.forAccount(account) takes no account. Leave it out, or use the sender itself.`,
    );
  return { ...input, account };
}
