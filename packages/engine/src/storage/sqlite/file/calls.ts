import type { HeronError } from "@heron-webhooks/core";
import type { LabelPatch, LabelRecord } from "../../label-record.ts";
import type { PauseChange, PauseRecord } from "../../pauses.ts";
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
import { complete } from "./complete.ts";
import { deleteWebhook } from "./deleted-webhooks.ts";
import { getDelivery, listDeliveries } from "./deliveries.ts";
import { expire } from "./expire.ts";
import { createLabel, deleteLabel, listLabels, updateLabel } from "./labels.ts";
import { type LoadedDelivery, load } from "./load.ts";
import { listPauses, setPause } from "./pauses.ts";
import { prune } from "./prune.ts";
import { publish } from "./publish.ts";
import { type RecoverStep, recover, retryDelivery } from "./recover.ts";
import type { StateUpdate } from "./state-update.ts";
import type { StoreFile } from "./store-file.ts";
import { addUserProperties, deleteUser, getUserProperties } from "./users.ts";
import { createWebhook, getWebhook, listWebhooks, updateWebhook } from "./webhooks.ts";
import { createWriteKey, deleteWriteKey, findWriteKey, listWriteKeys } from "./write-keys.ts";

type Properties = Readonly<Record<string, unknown>>;

/** The calls that the SQLite thread serves. A returned `HeronError` fails that call alone. */
export interface Calls {
  publish(events: PackedEvents): PackedPublishResult;
  complete(results: PackedResults): void;
  load(webhooks: readonly number[], perWebhook: number): readonly LoadedDelivery[];
  /** Evicts webhooks from the cache until they get another delivery. */
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
  /** Resolves when earlier calls are done. */
  ping(): void;
}

/** The calls on a file, at the given time. */
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
    prune: (limits, max) => prune(file, limits, max, now),
    ping: () => {},
  };
}

export type CallName = keyof Calls;
export type CallArguments<Name extends CallName> = Parameters<Calls[Name]>;
export type CallResult<Name extends CallName> = Exclude<ReturnType<Calls[Name]>, HeronError>;

/** A message to the thread: calls to run in one transaction, at the sender's time. */
export interface CallBatch {
  readonly now: number;
  readonly calls: readonly { readonly name: CallName; readonly args: readonly unknown[] }[];
}

/** An error that can be cloned. */
export interface SerializedError {
  readonly code: string;
  readonly message: string;
}

/** The first response, once the file is open. */
export interface OpenedMessage {
  /** The prefix of delivery ids. */
  readonly prefix: string;
  /** The publish time of the newest event, in milliseconds since 1970. */
  readonly newestEventAt: number;
  readonly update: StateUpdate;
}

/** The response to each message, and one before any: the result of each call, or why none was run. */
export type ThreadResponse =
  | {
      readonly results: readonly ({ readonly value: unknown } | { readonly error: SerializedError })[];
      readonly update: StateUpdate;
    }
  | { readonly failed: SerializedError };
