import { createEvent, eventText, HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published } from "@heron-webhooks/engine";
import { checkNames, LONGEST_EVENT } from "@heron-webhooks/engine";
import { checkAccount } from "../accounts.ts";
import { checkUser } from "../users/properties.ts";
import { newEventId } from "./event-id.ts";

/** What `emit` made. */
export type Emitted = Exclude<Published, { readonly refused: HeronError }>;

export interface EmitOptions {
  /** Whose webhooks get it. Default `"default"`. */
  readonly account?: string | undefined;
  readonly meta?: Record<string, unknown> | null | undefined;
  /** The user it is about, whose properties templates read as they are now. */
  readonly user?: string | undefined;
  /** The event's own id: emitted again with the same one while it is kept, it changes nothing. Default: a new one. */
  readonly id?: string | undefined;
  /** When it happened. Default: now. */
  readonly created?: string | Date | undefined;
  /** A transaction of the application's, where the store can join one: durable once that is committed. */
  readonly tx?: unknown;
}

const NAMES: Readonly<Record<keyof EmitOptions, true>> = {
  account: true,
  meta: true,
  user: true,
  id: true,
  created: true,
  tx: true,
};

/**
 * An event as it is published.
 * @throws HeronError `topic_invalid`, `invalid_event`, `event_too_large`, `option_invalid`, `properties_invalid`
 */
export function newEvent(topic: string, data: unknown, options: EmitOptions, now: number): NewEvent {
  checkNames("emit", options, NAMES);
  const { account = "default", meta = null, user, id, created = new Date(now) } = options;
  checkAccount(account);
  if (user !== undefined) checkUser(user);
  if (typeof id === "string" && !id.isWellFormed())
    throw new HeronError("invalid_event", "This is not an event: id has half of a surrogate pair in it.");
  const name = id ?? newEventId(now);
  const body = eventText(createEvent({ topic, data, meta, created, id: name }));
  // A UTF-16 unit is at most three bytes of UTF-8, so most events need no counting.
  if (body.length * 3 > LONGEST_EVENT && Buffer.byteLength(body, "utf8") > LONGEST_EVENT)
    throw new HeronError(
      "event_too_large",
      `The event is ${Buffer.byteLength(body, "utf8")} bytes, and at most ${LONGEST_EVENT} are taken: send less, or where the rest can be fetched.`,
    );
  return { account, id: name, idempotent: id !== undefined, topic, body, user: user ?? null, webhook: null };
}
