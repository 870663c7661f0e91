import { HeronError } from "@heron-webhooks/core";
import { tooManyPending } from "../../limits.ts";
import { labeled } from "../../matching/labeled.ts";
import { Subject } from "../../matching/subject.ts";
import { wants } from "../../matching/wants.ts";
import type { HotLane } from "../../queue/hot-delivery.ts";
import type { NewEvent, Published } from "../store.ts";
import { labelsOf } from "./labels.ts";
import type { Account, State, StoredEvent } from "./state.ts";

/** An event, and the webhooks that it is for. */
interface Addressed {
  readonly event: NewEvent;
  readonly lanes: readonly HotLane[];
}

export function publish(state: State, event: NewEvent, maxPending: number): Published {
  const account = state.account(event.account);
  const known = event.idempotent ? account.events.get(event.id) : undefined;
  if (known !== undefined) return { id: event.id, deliveries: known.made, duplicate: true };
  const properties = event.user === null ? undefined : account.users.get(event.user);
  const user = properties === undefined ? null : JSON.stringify(properties);
  const all = addressed(account, event, user);
  if (HeronError.is(all)) return { id: event.id, refused: all };
  const [raw, ...labels] = all;
  const owed = raw.lanes.length + labels.reduce((sum, { lanes }) => sum + lanes.length, 0);
  if (account.pending + owed > maxPending)
    return { id: event.id, refused: tooManyPending(account.pending, maxPending) };
  for (const one of [raw, ...labels]) put(state, account, one, user);
  return { id: event.id, deliveries: raw.lanes.length, duplicate: false };
}

/** The event, and what the account's labels make of it. */
function addressed(
  account: Account,
  event: NewEvent,
  user: string | null,
): [Addressed, ...Addressed[]] | HeronError {
  const subject = new Subject(event.body, user);
  const made = labeled(event, subject, labelsOf(account));
  if (HeronError.is(made)) return made;
  const [raw, ...labels] = [{ event, subject }, ...made].map((one) => ({
    event: one.event,
    lanes: lanesOf(account, one.event, one.subject),
  }));
  return [raw as Addressed, ...labels];
}

/** The webhooks that an event is for. A disabled one that was asked for by name has it all the same. */
function lanesOf({ lanes }: Account, { webhook, topic }: NewEvent, subject: Subject): readonly HotLane[] {
  return [...lanes].filter(({ record }) =>
    webhook === null ? record.enabled && wants(record, topic, subject) : record.id === webhook,
  );
}

function put(state: State, account: Account, { event, lanes }: Addressed, user: string | null): void {
  const now = state.now();
  const { topic, body, traceparent = null } = event;
  const stored: StoredEvent = {
    event,
    hot: { topic, body, user, traceparent },
    at: now,
    made: lanes.length,
    deliveries: [],
  };
  account.events.set(event.id, stored);
  state.bytes += body.length;
  for (const lane of lanes) state.addDelivery(stored, lane, now);
}
