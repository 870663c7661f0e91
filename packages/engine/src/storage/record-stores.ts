import type { LabelPatch, LabelRecord } from "./label-record.ts";
import type { PauseRecord } from "./pauses.ts";
import type {
  DeliveryDetails,
  DeliveryRecord,
  DeliveryState,
  Page,
  PageRequest,
  WebhookPatch,
  WebhookRecord,
} from "./records.ts";
import type { WriteKeyRecord } from "./write-key-record.ts";

export interface WebhookStore {
  /** @throws HeronError `limit_reached` if the account would have more than `max` */
  create(webhook: WebhookRecord, max: number): Promise<void>;
  get(id: string): Promise<WebhookRecord | null>;
  /**
   * Updates the webhook if its version is still `version`, and returns it; null if the version differs or the webhook
   * does not exist.
   */
  update(id: string, version: number, patch: WebhookPatch): Promise<WebhookRecord | null>;
  /** Deletes the webhook with its pending deliveries. */
  delete(id: string): Promise<boolean>;
  list(filter: { readonly account?: string | undefined }, page: PageRequest): Promise<Page<WebhookRecord>>;
  /** The active pauses of a webhook and its account. */
  pauses(id: string): Promise<readonly PauseRecord[]>;
}

export interface UserStore {
  /** Merges properties into those of the user, and returns all of them. */
  addProperties(
    account: string,
    user: string,
    properties: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  get(account: string, user: string): Promise<Readonly<Record<string, unknown>> | null>;
  delete(account: string, user: string): Promise<boolean>;
}

/** The labels of accounts. They apply to events published after the change. */
export interface LabelStore {
  /** @throws HeronError `label_exists` if the account has one of that name, `limit_reached` if it would have more than `max` */
  create(label: LabelRecord, max: number): Promise<void>;
  /** Sorted by name. */
  list(account: string): Promise<readonly LabelRecord[]>;
  /** Returns null if the label does not exist. */
  update(account: string, name: string, patch: LabelPatch): Promise<LabelRecord | null>;
  delete(account: string, name: string): Promise<boolean>;
}

export interface WriteKeyStore {
  /** @throws HeronError `limit_reached` if the account would have more than `max` */
  create(key: WriteKeyRecord, max: number): Promise<void>;
  /** The key with this hash; null if there is none. */
  find(hash: string): Promise<WriteKeyRecord | null>;
  /** In order of creation. */
  list(account: string): Promise<readonly WriteKeyRecord[]>;
  delete(account: string, id: string): Promise<boolean>;
}

export interface DeliveryFilter {
  readonly account?: string | undefined;
  readonly webhook?: string | undefined;
  readonly state?: DeliveryState | undefined;
}

export interface RecoverResult {
  readonly recovered: number;
  readonly nextCursor: string | null;
}

export interface DeliveryStore {
  get(id: string): Promise<DeliveryDetails | null>;
  /** Newest first. */
  list(filter: DeliveryFilter, page: PageRequest): Promise<Page<DeliveryRecord>>;
  /** Requeues a delivered or dead delivery. Returns false if it does not exist or is pending. */
  retry(id: string): Promise<boolean>;
  /**
   * Requeues a webhook's dead deliveries and creates those it missed, of events up to `sinceMs` old. One step handles
   * up to `max` and continues at the previous step's cursor. The next cursor is null if nothing is left or the account
   * has reached its limit of pending deliveries.
   */
  recover(webhook: string, sinceMs: number, max: number, cursor: string | null): Promise<RecoverResult>;
}
