import { createEvent, HeronError, stringifyEvent } from "@heron-webhooks/core";
import type { NewEvent, PublishResult } from "@heron-webhooks/engine";
import { assertKnownKeys, MAX_EVENT_BYTES } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import { assertUser } from "../users/properties.ts";
import { createEventId } from "./event-id.ts";

/** What `emit` made. */
export type EmitResult = Exclude<PublishResult, { readonly error: HeronError }>;

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

const OPTION_KEYS: Readonly<Record<keyof EmitOptions, true>> = {
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
export function createNewEvent(topic: string, data: unknown, options: EmitOptions, now: number): NewEvent {
  assertKnownKeys("emit", options, OPTION_KEYS);
  const { account = "default", meta = null, user, id, created = new Date(now) } = options;
  assertAccount(account);
  if (user !== undefined) assertUser(user);
  if (typeof id === "string" && !id.isWellFormed())
    throw new HeronError("invalid_event", "This is not an event: id has half of a surrogate pair in it.");
  const eventId = id ?? createEventId(now);
  const body = stringifyEvent(createEvent({ topic, data, meta, created, id: eventId }));
  // A UTF-16 unit is at most three bytes of UTF-8, so most events need no counting.
  if (body.length * 3 > MAX_EVENT_BYTES && Buffer.byteLength(body, "utf8") > MAX_EVENT_BYTES)
    throw new HeronError(
      "event_too_large",
      `The event is ${Buffer.byteLength(body, "utf8")} bytes, and at most ${MAX_EVENT_BYTES} are taken: send less, or where the rest can be fetched.`,
    );
  return {
    account,
    id: eventId,
    idempotent: id !== undefined,
    topic,
    body,
    user: user ?? null,
    webhook: null,
  };
}
