import type { JsonSchema } from "@heron-webhooks/core";
import type { TrackInput } from "@heron-webhooks/sender";
import { Problem } from "../api/problem.ts";
import { ref } from "../api/schemas.ts";
import { assertBody } from "../api/validation.ts";

/** An event as Heap's clients send it. */
export interface HeapEvent extends UserReference {
  readonly event: string;
  readonly timestamp?: string | number;
  readonly properties?: Readonly<Record<string, never>>;
  readonly idempotency_key?: string;
}

/** A user's properties as Heap's clients send them. */
export interface HeapUser extends UserReference {
  readonly properties: Readonly<Record<string, never>>;
}

export interface UserReference {
  readonly identity?: string;
  readonly user_id?: string | number;
}

/** A valid request. */
export interface HeapRequest<Item> {
  readonly writeKey: string;
  readonly items: readonly Item[];
  /** JSON pointer to the list of items; empty for a single item. */
  readonly pointer: "" | "/events" | "/users";
}

const TRACK_SCHEMA = ref("HeapTrack");
const TRACK_BULK_SCHEMA = ref("HeapTrackBulk");
const USERS_SCHEMA = ref("HeapUserProperties");
const USERS_BULK_SCHEMA = ref("HeapUserPropertiesBulk");

/** @throws Problem 400 with every invalid field */
export function parseTrackRequest(bytes: Uint8Array): HeapRequest<HeapEvent> {
  return parseRequest(bytes, { single: TRACK_SCHEMA, bulk: TRACK_BULK_SCHEMA, listName: "events" });
}

/** @throws Problem 400 with every invalid field */
export function parseUsersRequest(bytes: Uint8Array): HeapRequest<HeapUser> {
  return parseRequest(bytes, { single: USERS_SCHEMA, bulk: USERS_BULK_SCHEMA, listName: "users" });
}

interface RequestSchemas {
  readonly single: JsonSchema;
  readonly bulk: JsonSchema;
  readonly listName: "events" | "users";
}

function parseRequest<Item extends UserReference>(
  bytes: Uint8Array,
  { single, bulk, listName }: RequestSchemas,
): HeapRequest<Item> {
  const body = parseJson(bytes);
  const isBulk = typeof body === "object" && body !== null && Object.hasOwn(body, listName);
  assertBody(isBulk ? bulk : single, body);
  const { app_id: writeKey, ...rest } = body as { readonly app_id: string };
  const items = isBulk ? (rest as Readonly<Record<string, readonly Item[]>>)[listName] : [rest as Item];
  const request = {
    writeKey,
    items: items ?? [],
    pointer: isBulk ? (`/${listName}` as const) : ("" as const),
  };
  for (const [i, { user_id }] of request.items.entries())
    if (user_id !== undefined && !Number.isSafeInteger(Number(user_id))) throw toUserIdProblem(request, i);
  return request;
}

/** Larger numbers lose precision, and two users could become one. */
function toUserIdProblem(request: HeapRequest<unknown>, i: number): Problem {
  const pointer = `${toItemPointer(request, i)}/user_id`;
  const message = `must be at most ${Number.MAX_SAFE_INTEGER}`;
  return new Problem(400, `${pointer} ${message}`, { errors: [{ pointer, message }] });
}

/** JSON pointer to an item of a request. */
export function toItemPointer({ pointer }: HeapRequest<unknown>, i: number): string {
  return pointer === "" ? "" : `${pointer}/${i}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(400, "The body is not valid UTF-8 JSON.", { errors: [{ pointer: "", message }] });
  }
}

/** The user id that the sender uses. */
export function toUserId({ identity, user_id }: UserReference): string {
  return identity ?? `user_id:${Number(user_id)}`;
}

/** Converts an event to the input of `sender.track()`, which parses a text timestamp itself. */
export function toTrackInput(item: HeapEvent): TrackInput {
  const { event: name, properties, timestamp, idempotency_key: idempotencyKey } = item;
  return {
    name,
    user: toUserId(item),
    ...(properties === undefined ? {} : { properties }),
    ...(timestamp === undefined ? {} : { timestamp: toTimestamp(timestamp) }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function toTimestamp(value: string | number): string | Date {
  return typeof value === "string" ? value : new Date(value);
}
