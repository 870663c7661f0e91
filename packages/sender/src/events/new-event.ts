import { createEvent, HeronError } from "@heron-webhooks/core";
import { stringifyEvent } from "@heron-webhooks/core/internal";
import type { NewEvent, PublishResult } from "@heron-webhooks/engine";
import { assertKnownKeys, MAX_EVENT_BYTES } from "@heron-webhooks/engine";
import { assertAccount } from "../accounts.ts";
import { assertUser } from "../users/properties.ts";
import { createEventId } from "./event-id.ts";

/** The result of `emit`. */
export type EmitResult = Exclude<PublishResult, { readonly error: HeronError }>;

export interface EmitOptions {
  /** The account whose webhooks receive it. Default `"default"`. */
  readonly account?: string | undefined;
  readonly meta?: Record<string, unknown> | null | undefined;
  /** The user that it is about. Templates read the user's properties at publish time. */
  readonly user?: string | undefined;
  /** The event's id. Emitting the same id again while the event is retained changes nothing. Default: a new id. */
  readonly id?: string | undefined;
  /** When it happened. Default: now. */
  readonly created?: string | Date | undefined;
  /** A transaction of the application, if the store can join one. The event is durable once it is committed. */
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
 * Builds and validates an event.
 * @throws HeronError `topic_invalid`, `invalid_event`, `event_too_large`, `option_invalid`, `properties_invalid`
 */
export function createNewEvent(topic: string, data: unknown, options: EmitOptions, now: number): NewEvent {
  assertKnownKeys("emit", options, OPTION_KEYS);
  const { account = "default", meta = null, user, id, created = new Date(now) } = options;
  assertAccount(account);
  if (user !== undefined) assertUser(user);
  if (typeof id === "string" && !id.isWellFormed())
    throw new HeronError("invalid_event", "This is not an event: id has an unpaired surrogate.");
  const eventId = id ?? createEventId(now);
  const body = stringifyEvent(createEvent({ topic, data, meta, created, id: eventId }));
  // A UTF-16 unit is at most three bytes of UTF-8, so most events need no counting.
  if (body.length * 3 > MAX_EVENT_BYTES && Buffer.byteLength(body, "utf8") > MAX_EVENT_BYTES)
    throw new HeronError(
      "event_too_large",
      `The event has ${Buffer.byteLength(body, "utf8")} bytes, the limit is ${MAX_EVENT_BYTES}. Send less, or a link to the rest.`,
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
