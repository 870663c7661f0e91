import type { PauseRecord } from "./pauses.ts";
import type { LabelPatch, LabelRecord } from "./label-record.ts";
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
  /** Changes it if its version is still `version`, and gives it back as it is then; null if it is not, or not there. */
  update(id: string, version: number, patch: WebhookPatch): Promise<WebhookRecord | null>;
  /** Removes it with its pending deliveries. */
  delete(id: string): Promise<boolean>;
  list(filter: { readonly account?: string | undefined }, page: PageRequest): Promise<Page<WebhookRecord>>;
  /** The closed gates of a webhook, and of its account. */
  pauses(id: string): Promise<readonly PauseRecord[]>;
}

export interface UserStore {
  /** Puts properties over those that the user has. Gives all of them back. */
  addProperties(
    account: string,
    user: string,
    properties: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>;
  get(account: string, user: string): Promise<Readonly<Record<string, unknown>> | null>;
  delete(account: string, user: string): Promise<boolean>;
}

/** The labels of an account; what is published from then on goes by them. */
export interface LabelStore {
  /** @throws HeronError `label_exists` if the account has one of that name, `limit_reached` if it would have more than `max` */
  create(label: LabelRecord, max: number): Promise<void>;
  /** By name. */
  list(account: string): Promise<readonly LabelRecord[]>;
  /** Null if it is not there. */
  update(account: string, name: string, patch: LabelPatch): Promise<LabelRecord | null>;
  delete(account: string, name: string): Promise<boolean>;
}

export interface WriteKeyStore {
  /** @throws HeronError `limit_reached` if the account would have more than `max` */
  create(key: WriteKeyRecord, max: number): Promise<void>;
  /** Whose hash it is; null for nobody's. */
  find(hash: string): Promise<WriteKeyRecord | null>;
  /** In the order in which they were made. */
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
  /** The newest first. */
  list(filter: DeliveryFilter, page: PageRequest): Promise<Page<DeliveryRecord>>;
  /** Makes a settled delivery pending and due. False if it is not there, or pending. */
  retry(id: string): Promise<boolean>;
  /**
   * Revives a webhook's dead deliveries and makes those it missed, of events up to so old: in one step, of up to `max`,
   * which goes on `after` the step before. Says how many, and what the next step goes on after: null if there is none,
   * since nothing is left, or the account has as many pending as it may.
   */
  recover(webhook: string, sinceMs: number, max: number, cursor: string | null): Promise<RecoverResult>;
}
