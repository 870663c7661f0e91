import { DUPLICATE, HOT, NEW, type PackedEvents, type PackedPublished, REFUSED, WAITING } from "../packed.ts";
import { type Account, type Webhook, webhookNumber } from "./met.ts";
import type { StoreFile } from "./store-file.ts";

interface Publishing {
  readonly file: StoreFile;
  readonly now: number;
  readonly mostPending: number;
  readonly births: number[];
}

/** Persists events with their deliveries; those for which there is room are born hot. */
export function publish(
  file: StoreFile,
  events: PackedEvents,
  now: number,
  mostPending: number,
): PackedPublished {
  const batch: Publishing = { file, now, mostPending, births: [] };
  const outcomes: number[] = [];
  const users: (string | null)[] = [];
  for (let i = 0; i < events.ids.length; i++) publishOne(batch, events, i, outcomes, users);
  return { outcomes: Float64Array.from(outcomes), births: Float64Array.from(batch.births), at: now, users };
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
  const account = file.met.account(events.accounts[i] as string);
  const id = events.ids[i] as string;
  users.push(null);
  if (events.idempotent[i] === true) {
    const known = file.tables.get(
      "select e.count from event_keys k join events e on e.id = k.event where k.account = ? and k.key = ?",
      account.number,
      id,
    );
    if (known !== undefined) return void outcomes.push(DUPLICATE, Number(known["count"]));
  }
  const webhooks = webhooksFor(file, account, events.topics[i] as string, events.webhooks[i] ?? null);
  const pending = account.pending + (added.get(account) ?? 0);
  if (pending + webhooks.length > mostPending) return void outcomes.push(REFUSED, pending);
  added.set(account, (added.get(account) ?? 0) + webhooks.length);
  users[i] = insert(batch, account, events, i, webhooks);
  outcomes.push(NEW, webhooks.length);
}

function webhooksFor(
  file: StoreFile,
  account: Account,
  topic: string,
  named: string | null,
): readonly Webhook[] {
  if (named !== null) {
    const number = webhookNumber(file.tables, named);
    const webhook = number === null ? undefined : file.met.webhook(number);
    return webhook?.account === account ? [webhook] : [];
  }
  return file.matching
    .find(account.number, topic)
    .map((number) => file.met.webhook(number))
    .filter(({ record }) => record.enabled);
}

/** Gives the user's properties as they were copied. */
function insert(
  batch: Publishing,
  account: Account,
  events: PackedEvents,
  i: number,
  webhooks: readonly Webhook[],
): string | null {
  const { file, now } = batch;
  const id = events.ids[i] as string;
  const body = events.bodies[i] as string;
  const user = propertiesOf(file, account, events.users[i] ?? null);
  const event = file.nextEvent();
  const first = webhooks.length === 0 ? 0 : file.nextDelivery();
  file.tables.run(
    "insert into events(id, account, key, topic, body, user, at, named, first, count, trace) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    event,
    account.number,
    id,
    events.topics[i] as string,
    body,
    user,
    now,
    (events.webhooks[i] ?? null) === null ? 0 : 1,
    first,
    webhooks.length,
    events.traceparents[i] ?? null,
  );
  if (events.idempotent[i] === true)
    file.tables.run(
      "insert into event_keys(account, key, event) values (?, ?, ?)",
      account.number,
      id,
      event,
    );
  for (const [n, webhook] of webhooks.entries()) {
    const number = n === 0 ? first : file.nextDelivery();
    const size = body.length + (user?.length ?? 0);
    const hot = !webhook.spilled && file.born.hasRoom(webhook.number, file.batch.hot);
    addDelivery(file, number, event, webhook, now, hot ? size : null);
    if (hot) file.batch.hot.add(webhook.number, size);
    batch.births.push(i, number, webhook.number, hot ? 1 : 0);
  }
  return user;
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
