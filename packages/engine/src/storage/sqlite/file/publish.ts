import { HeronError } from "@heron-webhooks/core";
import { applyLabels } from "../../../matching/apply-labels.ts";
import { evaluateConditions } from "../../../matching/evaluate-conditions.ts";
import { EventView } from "../../../matching/event-view.ts";
import type { NewEvent } from "../../store.ts";
import {
  BUFFERED,
  DUPLICATE,
  LIMIT_REACHED,
  type PackedDerivedEvent,
  type PackedEvents,
  type PackedPublishResult,
  PUBLISHED,
  TOO_LARGE,
  WAITING,
} from "../packed.ts";
import type { StoreFile } from "./store-file.ts";
import { type CachedAccount, type CachedWebhook, findWebhookNumber } from "./webhook-cache.ts";

interface PublishBatch {
  readonly file: StoreFile;
  readonly now: number;
  readonly maxPending: number;
  readonly deliveries: number[];
  readonly derivedEvents: PackedDerivedEvent[];
}

/** An event with its target webhooks. */
interface TargetedEvent {
  readonly event: NewEvent;
  readonly webhooks: readonly CachedWebhook[];
  /** The event's index in the result. */
  readonly index: number;
}

/**
 * Persists events with their deliveries, and the events that labels derive. Deliveries are buffered while there is
 * capacity.
 */
export function publish(
  file: StoreFile,
  events: PackedEvents,
  now: number,
  maxPending: number,
): PackedPublishResult {
  const batch: PublishBatch = { file, now, maxPending, deliveries: [], derivedEvents: [] };
  const outcomes: number[] = [];
  const users: (string | null)[] = [];
  for (let i = 0; i < events.ids.length; i++) publishEvent(batch, events, i, outcomes, users);
  const deliveries = Float64Array.from(batch.deliveries);
  return {
    outcomes: Float64Array.from(outcomes),
    deliveries,
    publishedAt: now,
    users,
    derivedEvents: batch.derivedEvents,
  };
}

function publishEvent(
  batch: PublishBatch,
  events: PackedEvents,
  i: number,
  outcomes: number[],
  users: (string | null)[],
): void {
  const { file, maxPending } = batch;
  const { addedByAccount } = file.transaction;
  const event = unpackEvent(events, i);
  const account = file.webhooks.loadAccount(event.account);
  users.push(null);
  if (event.idempotent) {
    const duplicate = file.statements.get(
      "select e.delivery_count from idempotency_keys k join events e on e.id = k.event where k.account = ? and k.idempotency_key = ?",
      account.number,
      event.id,
    );
    if (duplicate !== undefined) return void outcomes.push(DUPLICATE, Number(duplicate["delivery_count"]));
  }
  const user = getUserProperties(file, account, event.user);
  const view = new EventView(event.body, user);
  const labels = applyLabels(event, view, file.labels.get(account.number));
  if (HeronError.is(labels)) return void outcomes.push(TOO_LARGE, 0);
  const webhooks = findWebhooks(file, account, event, view);
  const derived = labels.map((made, n) => ({
    event: made.event,
    webhooks: findWebhooks(file, account, made.event, made.view),
    index: events.ids.length + batch.derivedEvents.length + n,
  }));
  const deliveryCount = derived.reduce((sum, made) => sum + made.webhooks.length, webhooks.length);
  const pendingCount = account.pendingCount + (addedByAccount.get(account) ?? 0);
  if (pendingCount + deliveryCount > maxPending) return void outcomes.push(LIMIT_REACHED, pendingCount);
  addedByAccount.set(account, (addedByAccount.get(account) ?? 0) + deliveryCount);
  users[i] = user;
  insertEvent(batch, account, { event, webhooks, index: i }, user);
  for (const derivedEvent of derived) insertEvent(batch, account, derivedEvent, user);
  for (const { topic, body, traceparent = null } of labels.map((made) => made.event))
    batch.derivedEvents.push({ topic, body, user, traceparent });
  outcomes.push(PUBLISHED, webhooks.length);
}

function unpackEvent(events: PackedEvents, i: number): NewEvent {
  return {
    account: events.accounts[i] as string,
    id: events.ids[i] as string,
    idempotent: events.idempotent[i] === true,
    topic: events.topics[i] as string,
    body: events.bodies[i] as string,
    user: events.users[i] ?? null,
    webhook: events.webhooks[i] ?? null,
    traceparent: events.traceparents[i] ?? undefined,
  };
}

function findWebhooks(
  file: StoreFile,
  account: CachedAccount,
  { topic, webhook: target }: NewEvent,
  view: EventView,
): readonly CachedWebhook[] {
  if (target !== null) {
    const number = findWebhookNumber(file.statements, target);
    const webhook = number === null ? undefined : file.webhooks.loadWebhook(number);
    return webhook?.account === account ? [webhook] : [];
  }
  return file.subscriptions
    .find(account.number, topic)
    .map((number) => file.webhooks.loadWebhook(number))
    .filter(({ record }) => record.enabled && evaluateConditions(view, record.conditions));
}

function insertEvent(
  batch: PublishBatch,
  account: CachedAccount,
  { event: { id, topic, body, ...event }, webhooks, index: place }: TargetedEvent,
  user: string | null,
): void {
  const { file, now } = batch;
  const number = file.allocateEventId();
  const first = webhooks.length === 0 ? 0 : file.allocateDeliveryId();
  file.statements.run(
    `insert into events(id, account, external_id, topic, body, user, published_at, is_targeted, first_delivery, delivery_count, traceparent)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    number,
    account.number,
    id,
    topic,
    body,
    user,
    now,
    event.webhook === null ? 0 : 1,
    first,
    webhooks.length,
    event.traceparent ?? null,
  );
  if (event.idempotent)
    file.statements.run(
      "insert into idempotency_keys(account, idempotency_key, event) values (?, ?, ?)",
      account.number,
      id,
      number,
    );
  for (const [index, webhook] of webhooks.entries()) {
    const delivery = index === 0 ? first : file.allocateDeliveryId();
    const size = body.length + (user?.length ?? 0);
    const isBuffered =
      !webhook.isSpilled && file.buffered.hasCapacity(webhook.number, file.transaction.buffered);
    insertDelivery(file, delivery, number, webhook, now, isBuffered ? size : null);
    if (isBuffered) file.transaction.buffered.add(webhook.number, size);
    batch.deliveries.push(place, delivery, webhook.number, isBuffered ? 1 : 0);
  }
}

function getUserProperties(file: StoreFile, account: CachedAccount, user: string | null): string | null {
  if (user === null) return null;
  const row = file.statements.get(
    "select properties from users where account = ? and external_id = ?",
    account.number,
    user,
  );
  return row === undefined ? null : String(row["properties"]);
}

/** Inserts a delivery: buffered with the given size, or waiting. */
export function insertDelivery(
  file: StoreFile,
  number: number,
  event: number,
  webhook: CachedWebhook,
  now: number,
  bufferedSize: number | null,
): void {
  file.statements.run(
    "insert into deliveries(id, event, webhook, state, attempt_count, due_at, response_status, duration_ms) values (?, ?, ?, ?, 0, ?, 1000, 1000)",
    number,
    event,
    webhook.number,
    bufferedSize === null ? WAITING : BUFFERED,
    now,
  );
  if (bufferedSize === null) file.noteStored(webhook, now);
  file.afterCommit(() => {
    webhook.account.pendingCount += 1;
    if (bufferedSize === null) webhook.isSpilled = true;
    else file.buffered.add(number, bufferedSize, webhook.number);
  });
}
