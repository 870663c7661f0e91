import { HeronError } from "@heron-webhooks/core";
import { labeled } from "../../../matching/labeled.ts";
import { meets } from "../../../matching/meets.ts";
import { Subject } from "../../../matching/subject.ts";
import type { NewEvent } from "../../store.ts";
import {
  DUPLICATE,
  HOT,
  type LabelMade,
  NEW,
  type PackedEvents,
  type PackedPublished,
  REFUSED,
  TOO_LARGE,
  WAITING,
} from "../packed.ts";
import { type Account, type Webhook, webhookNumber } from "./met.ts";
import type { StoreFile } from "./store-file.ts";

interface Publishing {
  readonly file: StoreFile;
  readonly now: number;
  readonly mostPending: number;
  readonly births: number[];
  readonly labeled: LabelMade[];
}

/** An event, and the webhooks that it is for. */
interface Addressed {
  readonly event: NewEvent;
  readonly webhooks: readonly Webhook[];
  /** Where births say that it is. */
  readonly place: number;
}

/** Persists events with their deliveries, and what labels make of them; those for which there is room are born hot. */
export function publish(
  file: StoreFile,
  events: PackedEvents,
  now: number,
  mostPending: number,
): PackedPublished {
  const batch: Publishing = { file, now, mostPending, births: [], labeled: [] };
  const outcomes: number[] = [];
  const users: (string | null)[] = [];
  for (let i = 0; i < events.ids.length; i++) publishOne(batch, events, i, outcomes, users);
  const births = Float64Array.from(batch.births);
  return { outcomes: Float64Array.from(outcomes), births, at: now, users, labeled: batch.labeled };
}

function publishOne(
  batch: Publishing,
  events: PackedEvents,
  i: number,
  outcomes: number[],
  users: (string | null)[],
): void {
  const { file, mostPending } = batch;
  const { added } = file.batch;
  const event = unpacked(events, i);
  const account = file.met.account(event.account);
  users.push(null);
  if (event.idempotent) {
    const known = file.tables.get(
      "select e.count from event_keys k join events e on e.id = k.event where k.account = ? and k.key = ?",
      account.number,
      event.id,
    );
    if (known !== undefined) return void outcomes.push(DUPLICATE, Number(known["count"]));
  }
  const user = propertiesOf(file, account, event.user);
  const subject = new Subject(event.body, user);
  const labels = labeled(event, subject, file.labels.of(account.number));
  if (HeronError.is(labels)) return void outcomes.push(TOO_LARGE, 0);
  const webhooks = webhooksFor(file, account, event, subject);
  const ofLabels = labels.map((made, n) => ({
    event: made.event,
    webhooks: webhooksFor(file, account, made.event, made.subject),
    place: events.ids.length + batch.labeled.length + n,
  }));
  const owed = ofLabels.reduce((sum, made) => sum + made.webhooks.length, webhooks.length);
  const pending = account.pending + (added.get(account) ?? 0);
  if (pending + owed > mostPending) return void outcomes.push(REFUSED, pending);
  added.set(account, (added.get(account) ?? 0) + owed);
  users[i] = user;
  insert(batch, account, { event, webhooks, place: i }, user);
  for (const made of ofLabels) insert(batch, account, made, user);
  for (const { topic, body, traceparent = null } of labels.map((made) => made.event))
    batch.labeled.push({ topic, body, user, traceparent });
  outcomes.push(NEW, webhooks.length);
}

function unpacked(events: PackedEvents, i: number): NewEvent {
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

function webhooksFor(
  file: StoreFile,
  account: Account,
  { topic, webhook: named }: NewEvent,
  subject: Subject,
): readonly Webhook[] {
  if (named !== null) {
    const number = webhookNumber(file.tables, named);
    const webhook = number === null ? undefined : file.met.webhook(number);
    return webhook?.account === account ? [webhook] : [];
  }
  return file.matching
    .find(account.number, topic)
    .map((number) => file.met.webhook(number))
    .filter(({ record }) => record.enabled && meets(subject, record.when));
}

function insert(
  batch: Publishing,
  account: Account,
  { event: { id, topic, body, ...event }, webhooks, place }: Addressed,
  user: string | null,
): void {
  const { file, now } = batch;
  const number = file.nextEvent();
  const first = webhooks.length === 0 ? 0 : file.nextDelivery();
  file.tables.run(
    "insert into events(id, account, key, topic, body, user, at, named, first, count, trace) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    file.tables.run(
      "insert into event_keys(account, key, event) values (?, ?, ?)",
      account.number,
      id,
      number,
    );
  for (const [n, webhook] of webhooks.entries()) {
    const delivery = n === 0 ? first : file.nextDelivery();
    const size = body.length + (user?.length ?? 0);
    const hot = !webhook.spilled && file.born.hasRoom(webhook.number, file.batch.hot);
    addDelivery(file, delivery, number, webhook, now, hot ? size : null);
    if (hot) file.batch.hot.add(webhook.number, size);
    batch.births.push(place, delivery, webhook.number, hot ? 1 : 0);
  }
}

function propertiesOf(file: StoreFile, account: Account, user: string | null): string | null {
  if (user === null) return null;
  const row = file.tables.get(
    "select properties from users where account = ? and key = ?",
    account.number,
    user,
  );
  return row === undefined ? null : String(row["properties"]);
}

/** A delivery in the file: hot and so large, or waiting. */
export function addDelivery(
  file: StoreFile,
  number: number,
  event: number,
  webhook: Webhook,
  now: number,
  hotSize: number | null,
): void {
  file.tables.run(
    "insert into deliveries(id, event, webhook, state, attempts, due, status, ms) values (?, ?, ?, ?, 0, ?, 1000, 1000)",
    number,
    event,
    webhook.number,
    hotSize === null ? WAITING : HOT,
    now,
  );
  if (hotSize === null) file.stored(webhook, now);
  file.afterwards(() => {
    webhook.account.pending += 1;
    if (hotSize === null) webhook.spilled = true;
    else file.born.add(number, hotSize, webhook.number);
  });
}
