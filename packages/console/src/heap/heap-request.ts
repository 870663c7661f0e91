import type { TrackInput } from "@heron-webhooks/sender";
import { Problem } from "../api/problem.ts";
import { ref } from "../api/schemas.ts";
import { checkBody } from "../api/validation.ts";

/** An event as Heap's clients send it. */
export interface HeapEvent extends Whom {
  readonly event: string;
  readonly timestamp?: string | number;
  readonly properties?: Readonly<Record<string, never>>;
  readonly idempotency_key?: string;
}

/** A user's properties as Heap's clients send them. */
export interface HeapUser extends Whom {
  readonly properties: Readonly<Record<string, never>>;
}

interface Whom {
  readonly identity?: string;
  readonly user_id?: string | number;
}

/** A request that has the shape of one. */
export interface HeapRequest<Item> {
  readonly key: string;
  readonly items: readonly Item[];
  /** Where the first of them is in the body, as JSON pointer; each of many has its place behind it. */
  readonly pointer: "" | "/events" | "/users";
}

const TRACK = ref("HeapTrack");
const TRACK_BULK = ref("HeapTrackBulk");
const USERS = ref("HeapUserProperties");
const USERS_BULK = ref("HeapUserPropertiesBulk");

/** @throws Problem 400 that names every field that is wrong */
export function trackRequest(bytes: Uint8Array): HeapRequest<HeapEvent> {
  const body = parsed(bytes);
  const isBulk = hasOwn(body, "events");
  checkBody(isBulk ? TRACK_BULK : TRACK, body);
  const { app_id: key, ...event } = body as { readonly app_id: string } & HeapEvent;
  if (!isBulk) return { key, items: [event], pointer: "" };
  return { key, items: (body as { readonly events: readonly HeapEvent[] }).events, pointer: "/events" };
}

/** @throws Problem 400 that names every field that is wrong */
export function usersRequest(bytes: Uint8Array): HeapRequest<HeapUser> {
  const body = parsed(bytes);
  const isBulk = hasOwn(body, "users");
  checkBody(isBulk ? USERS_BULK : USERS, body);
  const { app_id: key, ...user } = body as { readonly app_id: string } & HeapUser;
  if (!isBulk) return { key, items: [user], pointer: "" };
  return { key, items: (body as { readonly users: readonly HeapUser[] }).users, pointer: "/users" };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(400, "The body is not valid JSON in UTF-8.", { errors: [{ pointer: "", message }] });
  }
}

function hasOwn(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, name);
}

/** Whom it is about, by the one name that the sender knows users by. */
export function userOf({ identity, user_id }: Whom): string {
  return identity ?? `user_id:${Number(user_id)}`;
}

/** @throws Problem 400 if its timestamp is none */
export function trackInput(item: HeapEvent, pointer: string): TrackInput {
  const { event: name, properties, timestamp, idempotency_key: idempotencyKey } = item;
  return {
    name,
    user: userOf(item),
    ...(properties === undefined ? {} : { properties }),
    ...(timestamp === undefined ? {} : { timestamp: timeOf(timestamp, pointer) }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function timeOf(given: string | number, pointer: string): Date {
  const time = new Date(given);
  if (!Number.isNaN(time.getTime()) && time.getUTCFullYear() >= 0 && time.getUTCFullYear() <= 9999)
    return time;
  const message = "must be a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970";
  throw new Problem(400, `${pointer}/timestamp ${message}.`, {
    errors: [{ pointer: `${pointer}/timestamp`, message }],
  });
}
