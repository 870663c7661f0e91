import type { HeronError } from "@heron-webhooks/core";
import type {
  AttemptRecord,
  DeliveryRecord,
  Page,
  PageRequest,
  WebhookChange,
  WebhookRecord,
} from "../store/records.ts";
import type {
  Claim,
  ClaimRequest,
  DeliveryFilter,
  GateChange,
  GateRecord,
  Lease,
  NewEvent,
  Settlement,
} from "../store/store.ts";
import { getDelivery, listDeliveries, prune, recover, retryDelivery } from "./deliveries.ts";
import type { StoreFile } from "./file.ts";
import { claim, gate, gates, nextDueIn, renew, settle } from "./operations.ts";
import { type PublishedPlainly, publish } from "./publish.ts";
import { addProperties, getProperties, removeUser } from "./users.ts";
import { createWebhook, getWebhook, listWebhooks, removeWebhook, updateWebhook } from "./webhooks.ts";

type Properties = Readonly<Record<string, unknown>>;

/** Everything that the thread with the file can be asked. A `HeronError` that is returned is the call's own failure. */
export interface Calls {
  publish(events: readonly NewEvent[]): readonly PublishedPlainly[];
  claim(request: ClaimRequest): readonly Claim[];
  settle(settlements: readonly Settlement[]): readonly Lease[];
  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[];
  gate(change: GateChange): void;
  gates(id: string): readonly GateRecord[];
  nextDueIn(): number | null;
  createWebhook(record: WebhookRecord, max: number): HeronError | null;
  getWebhook(id: string): WebhookRecord | null;
  updateWebhook(id: string, version: number, change: WebhookChange): WebhookRecord | null;
  removeWebhook(id: string): boolean;
  listWebhooks(filter: { readonly account?: string | undefined }, page: PageRequest): Page<WebhookRecord>;
  addProperties(account: string, user: string, properties: Properties): Properties;
  getProperties(account: string, user: string): Properties | null;
  removeUser(account: string, user: string): boolean;
  getDelivery(
    id: string,
  ): { readonly delivery: DeliveryRecord; readonly attempts: readonly AttemptRecord[] } | null;
  listDeliveries(filter: DeliveryFilter, page: PageRequest): Page<DeliveryRecord>;
  retryDelivery(id: string): boolean;
  recover(webhook: string, sinceMs: number, max: number): number;
  prune(olderThanMs: number, max: number): number;
}

/** The calls on a file, at a time. */
export function callsOn(file: StoreFile, now: number, maxPending: number): Calls {
  return {
    publish: (events) => publish(file, events, now, maxPending),
    claim: (request) => claim(file, request, now),
    settle: (settlements) => settle(file, settlements, now),
    renew: (leases, leaseMs) => renew(file, leases, leaseMs, now),
    gate: (change) => gate(file, change, now),
    gates: (id) => gates(file, id, now),
    nextDueIn: () => nextDueIn(file, now),
    createWebhook: (record, max) => createWebhook(file, record, max, now),
    getWebhook: (id) => getWebhook(file, id),
    updateWebhook: (id, version, change) => updateWebhook(file, id, version, change, now),
    removeWebhook: (id) => removeWebhook(file, id),
    listWebhooks: (filter, page) => listWebhooks(file, filter, page),
    addProperties: (account, user, properties) => addProperties(file, account, user, properties),
    getProperties: (account, user) => getProperties(file, account, user),
    removeUser: (account, user) => removeUser(file, account, user),
    getDelivery: (id) => getDelivery(file, id, now),
    listDeliveries: (filter, page) => listDeliveries(file, filter, page, now),
    retryDelivery: (id) => retryDelivery(file, id, now),
    recover: (webhook, sinceMs, max) => recover(file, webhook, sinceMs, max, now),
    prune: (olderThanMs, max) => prune(file, olderThanMs, max, now),
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

/** What comes back: what each call gave, or why none was done. */
export type Answer =
  | { readonly results: readonly ({ readonly value: unknown } | { readonly error: Failure })[] }
  | { readonly failed: Failure };
