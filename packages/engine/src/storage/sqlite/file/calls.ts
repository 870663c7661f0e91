import type { HeronError } from "@heron-webhooks/core";
import type { PauseChange, PauseRecord } from "../../pauses.ts";
import type { LabelPatch, LabelRecord } from "../../label-record.ts";
import type { DeliveryFilter, RecoverResult } from "../../record-stores.ts";
import type {
  DeliveryDetails,
  DeliveryRecord,
  Page,
  PageRequest,
  WebhookPatch,
  WebhookRecord,
} from "../../records.ts";
import type { ExpiredDelivery, RetentionLimits } from "../../store.ts";
import type { WriteKeyRecord } from "../../write-key-record.ts";
import type { PackedEvents, PackedPublishResult, PackedResults } from "../packed.ts";
import { getDelivery, listDeliveries } from "./deliveries.ts";
import { expire } from "./expire.ts";
import { setPause, listPauses } from "./pauses.ts";
import { createLabel, listLabels, deleteLabel, updateLabel } from "./labels.ts";
import type { StateUpdate } from "./state-update.ts";
import { prune } from "./prune.ts";
import { publish } from "./publish.ts";
import { type RecoverStep, recover, retryDelivery } from "./recover.ts";
import { deleteWebhook } from "./deleted-webhooks.ts";
import { complete } from "./complete.ts";
import type { StoreFile } from "./store-file.ts";
import { addUserProperties, getUserProperties, deleteUser } from "./users.ts";
import { type LoadedDelivery, load } from "./load.ts";
import { createWebhook, getWebhook, listWebhooks, updateWebhook } from "./webhooks.ts";
import { createWriteKey, findWriteKey, listWriteKeys, deleteWriteKey } from "./write-keys.ts";

type Properties = Readonly<Record<string, unknown>>;

/** Everything that the thread with the file can be asked. A `HeronError` that is returned is the call's own failure. */
export interface Calls {
  publish(events: PackedEvents): PackedPublishResult;
  complete(results: PackedResults): void;
  load(webhooks: readonly number[], perWebhook: number): readonly LoadedDelivery[];
  /** Forgets webhooks until something is published for them. */
  evict(webhooks: readonly number[]): void;
  setPause(change: PauseChange): void;
  listPauses(id: string): readonly PauseRecord[];
  createWebhook(record: WebhookRecord, max: number): HeronError | null;
  getWebhook(id: string): WebhookRecord | null;
  updateWebhook(id: string, version: number, patch: WebhookPatch): WebhookRecord | null;
  deleteWebhook(id: string): boolean;
  listWebhooks(filter: { readonly account?: string | undefined }, page: PageRequest): Page<WebhookRecord>;
  addProperties(account: string, user: string, properties: Properties): Properties;
  getProperties(account: string, user: string): Properties | null;
  deleteUser(account: string, user: string): boolean;
  createLabel(label: LabelRecord, max: number): HeronError | null;
  listLabels(account: string): readonly LabelRecord[];
  updateLabel(account: string, name: string, patch: LabelPatch): LabelRecord | null;
  deleteLabel(account: string, name: string): boolean;
  createWriteKey(key: WriteKeyRecord, max: number): HeronError | null;
  findWriteKey(hash: string): WriteKeyRecord | null;
  listWriteKeys(account: string): readonly WriteKeyRecord[];
  deleteWriteKey(account: string, id: string): boolean;
  getDelivery(id: string): DeliveryDetails | null;
  listDeliveries(filter: DeliveryFilter, page: PageRequest): Page<DeliveryRecord>;
  retryDelivery(id: string): boolean;
  recover(step: RecoverStep): RecoverResult;
  expire(
    olderThanMs: number,
    max: number,
  ): { readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean };
  prune(limits: RetentionLimits, max: number): { readonly pruned: number; readonly isDone: boolean };
  /** Nothing, once what was asked before is done. */
  ping(): void;
}

/** The calls on a file, at a time. */
export function createCalls(file: StoreFile, now: number, maxPending: number): Calls {
  return {
    publish: (events) => publish(file, events, now, maxPending),
    complete: (results) => complete(file, results, now),
    load: (webhooks, perWebhook) => load(file, webhooks, perWebhook, now),
    evict: (webhooks) => webhooks.forEach((number) => void file.webhooks.evict(number)),
    setPause: (change) => setPause(file, change, now),
    listPauses: (id) => listPauses(file, id, now),
    createWebhook: (record, max) => createWebhook(file, record, max),
    getWebhook: (id) => getWebhook(file, id),
    updateWebhook: (id, version, change) => updateWebhook(file, id, version, change),
    deleteWebhook: (id) => deleteWebhook(file, id),
    listWebhooks: (filter, page) => listWebhooks(file, filter, page),
    addProperties: (account, user, properties) => addUserProperties(file, account, user, properties),
    getProperties: (account, user) => getUserProperties(file, account, user),
    deleteUser: (account, user) => deleteUser(file, account, user),
    createLabel: (label, max) => createLabel(file, label, max),
    listLabels: (account) => listLabels(file, account),
    updateLabel: (account, name, change) => updateLabel(file, account, name, change),
    deleteLabel: (account, name) => deleteLabel(file, account, name),
    createWriteKey: (key, max) => createWriteKey(file, key, max),
    findWriteKey: (hash) => findWriteKey(file, hash),
    listWriteKeys: (account) => listWriteKeys(file, account),
    deleteWriteKey: (account, id) => deleteWriteKey(file, account, id),
    getDelivery: (id) => getDelivery(file, id, now),
    listDeliveries: (filter, page) => listDeliveries(file, filter, page, now),
    retryDelivery: (id) => retryDelivery(file, id, now),
    recover: (step) => recover(file, step, now, maxPending),
    expire: (olderThanMs, max) => expire(file, olderThanMs, max, now),
    prune: (keep, max) => prune(file, keep, max, now),
    ping: () => {},
  };
}

export type CallName = keyof Calls;
export type CallArguments<Name extends CallName> = Parameters<Calls[Name]>;
export type CallResult<Name extends CallName> = Exclude<ReturnType<Calls[Name]>, HeronError>;

/** What is sent to the thread: what was asked meanwhile, to be done in one transaction, at the sender's time. */
export interface CallBatch {
  readonly now: number;
  readonly calls: readonly { readonly name: CallName; readonly args: readonly unknown[] }[];
}

/** A failure, as it can be copied. */
export interface SerializedError {
  readonly code: string;
  readonly message: string;
}

/** What comes back first, once the file is open. */
export interface OpenedMessage {
  /** What stands before a delivery's number, in its id. */
  readonly prefix: string;
  /** When the newest event was published, in milliseconds since 1970. */
  readonly newestEventAt: number;
  readonly update: StateUpdate;
}

/** What comes back: what each call gave, or why none was done. One for each message, and one before any. */
export type ThreadResponse =
  | {
      readonly results: readonly ({ readonly value: unknown } | { readonly error: SerializedError })[];
      readonly update: StateUpdate;
    }
  | { readonly failed: SerializedError };
