import type { JsonSchema } from "@heron-webhooks/core";
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
  return requestOf(bytes, { one: TRACK, bulk: TRACK_BULK, list: "events" });
}

/** @throws Problem 400 that names every field that is wrong */
export function usersRequest(bytes: Uint8Array): HeapRequest<HeapUser> {
  return requestOf(bytes, { one: USERS, bulk: USERS_BULK, list: "users" });
}

/** What is asked for one, or for many in a list. */
interface Shape {
  readonly one: JsonSchema;
  readonly bulk: JsonSchema;
  readonly list: "events" | "users";
}

function requestOf<Item extends Whom>(bytes: Uint8Array, { one, bulk, list }: Shape): HeapRequest<Item> {
  const body = parsed(bytes);
  const isBulk = typeof body === "object" && body !== null && Object.hasOwn(body, list);
  checkBody(isBulk ? bulk : one, body);
  const { app_id: key, ...rest } = body as { readonly app_id: string };
  const items = isBulk ? (rest as Readonly<Record<string, readonly Item[]>>)[list] : [rest as Item];
  const request = { key, items: items ?? [], pointer: isBulk ? (`/${list}` as const) : ("" as const) };
  for (const [i, { user_id }] of request.items.entries())
    if (user_id !== undefined && !Number.isSafeInteger(Number(user_id))) throw tooLarge(request, i);
  return request;
}

/** Beyond, two numbers would be one user. */
function tooLarge(request: HeapRequest<unknown>, i: number): Problem {
  const pointer = `${placeOf(request, i)}/user_id`;
  const message = `must be ${Number.MAX_SAFE_INTEGER} or less`;
  return new Problem(400, `${pointer} ${message}`, { errors: [{ pointer, message }] });
}

/** Where one of a request's items is. */
export function placeOf({ pointer }: HeapRequest<unknown>, i: number): string {
  return pointer === "" ? "" : `${pointer}/${i}`;
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

/** Whom it is about, by the one name that the sender knows users by. */
export function userOf({ identity, user_id }: Whom): string {
  return identity ?? `user_id:${Number(user_id)}`;
}

/** As the sender tracks it. Text is held to be a time where the event is made; a number is turned into one here. */
export function trackInput(item: HeapEvent): TrackInput {
  const { event: name, properties, timestamp, idempotency_key: idempotencyKey } = item;
  return {
    name,
    user: userOf(item),
    ...(properties === undefined ? {} : { properties }),
    ...(timestamp === undefined ? {} : { timestamp: timeOf(timestamp) }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function timeOf(given: string | number): string | Date {
  return typeof given === "string" ? given : new Date(given);
}
