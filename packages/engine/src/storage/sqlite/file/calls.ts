import type { HeronError } from "@heron-webhooks/core";
import type { GateChange, GateRecord } from "../../gates.ts";
import type { LabelChange, LabelRecord } from "../../label-record.ts";
import type { DeliveryFilter, Recovered } from "../../record-stores.ts";
import type {
  DeliveryLog,
  DeliveryRecord,
  Page,
  PageRequest,
  WebhookChange,
  WebhookRecord,
} from "../../records.ts";
import type { ExpiredDelivery, KeepLimits } from "../../store.ts";
import type { WriteKeyRecord } from "../../write-key-record.ts";
import type { PackedEvents, PackedPublished, PackedSettlements } from "../packed.ts";
import { getDelivery, listDeliveries } from "./deliveries.ts";
import { expire } from "./expire.ts";
import { gate, gates } from "./gates.ts";
import { createLabel, listLabels, removeLabel, updateLabel } from "./labels.ts";
import type { News } from "./news.ts";
import { prune } from "./prune.ts";
import { publish } from "./publish.ts";
import { type RecoverStep, recover, retryDelivery } from "./recover.ts";
import { removeWebhook } from "./removed.ts";
import { settle } from "./settle.ts";
import type { StoreFile } from "./store-file.ts";
import { addProperties, getProperties, removeUser } from "./users.ts";
import { type LoadedRow, load } from "./waiting.ts";
import { createWebhook, getWebhook, listWebhooks, updateWebhook } from "./webhooks.ts";
import { createWriteKey, findWriteKey, listWriteKeys, removeWriteKey } from "./write-keys.ts";

type Properties = Readonly<Record<string, unknown>>;

/** Everything that the thread with the file can be asked. A `HeronError` that is returned is the call's own failure. */
export interface Calls {
  publish(events: PackedEvents): PackedPublished;
  settle(settlements: PackedSettlements): void;
  load(webhooks: readonly number[], each: number): readonly LoadedRow[];
  /** Forgets webhooks until something is published for them. */
  forget(webhooks: readonly number[]): void;
  gate(change: GateChange): void;
  gates(id: string): readonly GateRecord[];
  createWebhook(record: WebhookRecord, max: number): HeronError | null;
  getWebhook(id: string): WebhookRecord | null;
  updateWebhook(id: string, version: number, change: WebhookChange): WebhookRecord | null;
  removeWebhook(id: string): boolean;
  listWebhooks(filter: { readonly account?: string | undefined }, page: PageRequest): Page<WebhookRecord>;
  addProperties(account: string, user: string, properties: Properties): Properties;
  getProperties(account: string, user: string): Properties | null;
  removeUser(account: string, user: string): boolean;
  createLabel(label: LabelRecord, max: number): HeronError | null;
  listLabels(account: string): readonly LabelRecord[];
  updateLabel(account: string, name: string, change: LabelChange): LabelRecord | null;
  removeLabel(account: string, name: string): boolean;
  createWriteKey(key: WriteKeyRecord, max: number): HeronError | null;
  findWriteKey(hash: string): WriteKeyRecord | null;
  listWriteKeys(account: string): readonly WriteKeyRecord[];
  removeWriteKey(account: string, id: string): boolean;
  getDelivery(id: string): DeliveryLog | null;
  listDeliveries(filter: DeliveryFilter, page: PageRequest): Page<DeliveryRecord>;
  retryDelivery(id: string): boolean;
  recover(step: RecoverStep): Recovered;
  expire(
    olderThanMs: number,
    max: number,
  ): { readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean };
  prune(keep: KeepLimits, max: number): { readonly pruned: number; readonly isDone: boolean };
  /** Nothing, once what was asked before is done. */
  nothing(): void;
}

/** The calls on a file, at a time. */
export function callsOn(file: StoreFile, now: number, maxPending: number): Calls {
  return {
    publish: (events) => publish(file, events, now, maxPending),
    settle: (settlements) => settle(file, settlements, now),
    load: (webhooks, each) => load(file, webhooks, each, now),
    forget: (webhooks) => webhooks.forEach((number) => void file.met.forget(number)),
    gate: (change) => gate(file, change, now),
    gates: (id) => gates(file, id, now),
    createWebhook: (record, max) => createWebhook(file, record, max),
    getWebhook: (id) => getWebhook(file, id),
    updateWebhook: (id, version, change) => updateWebhook(file, id, version, change),
    removeWebhook: (id) => removeWebhook(file, id),
    listWebhooks: (filter, page) => listWebhooks(file, filter, page),
    addProperties: (account, user, properties) => addProperties(file, account, user, properties),
    getProperties: (account, user) => getProperties(file, account, user),
    removeUser: (account, user) => removeUser(file, account, user),
    createLabel: (label, max) => createLabel(file, label, max),
    listLabels: (account) => listLabels(file, account),
    updateLabel: (account, name, change) => updateLabel(file, account, name, change),
    removeLabel: (account, name) => removeLabel(file, account, name),
    createWriteKey: (key, max) => createWriteKey(file, key, max),
    findWriteKey: (hash) => findWriteKey(file, hash),
    listWriteKeys: (account) => listWriteKeys(file, account),
    removeWriteKey: (account, id) => removeWriteKey(file, account, id),
    getDelivery: (id) => getDelivery(file, id, now),
    listDeliveries: (filter, page) => listDeliveries(file, filter, page, now),
    retryDelivery: (id) => retryDelivery(file, id, now),
    recover: (step) => recover(file, step, now, maxPending),
    expire: (olderThanMs, max) => expire(file, olderThanMs, max, now),
    prune: (keep, max) => prune(file, keep, max, now),
    nothing: () => {},
  };
}

export type CallName = keyof Calls;
export type CallArguments<Name extends CallName> = Parameters<Calls[Name]>;
export type CallResult<Name extends CallName> = Exclude<ReturnType<Calls[Name]>, HeronError>;

/** What is sent to the thread: what was asked meanwhile, to be done in one transaction, at the sender's time. */
export interface Message {
  readonly now: number;
  readonly calls: readonly { readonly name: CallName; readonly args: readonly unknown[] }[];
}

/** A failure, as it can be copied. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What comes back first, once the file is open. */
export interface Opened {
  /** What stands before a delivery's number, in its id. */
  readonly prefix: string;
  /** When the newest event was published, in milliseconds since 1970. */
  readonly newest: number;
  readonly news: News;
}

/** What comes back: what each call gave, or why none was done. One for each message, and one before any. */
export type Answer =
  | {
      readonly results: readonly ({ readonly value: unknown } | { readonly error: Failure })[];
      readonly news: News;
    }
  | { readonly failed: Failure };
