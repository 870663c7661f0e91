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

interface UserReference {
  readonly identity?: string;
  readonly user_id?: string | number;
}

/** A request that has the shape of one. */
export interface HeapRequest<Item> {
  readonly writeKey: string;
  readonly items: readonly Item[];
  /** Where the first of them is in the body, as JSON pointer; each of many has its place behind it. */
  readonly pointer: "" | "/events" | "/users";
}

const TRACK_SCHEMA = ref("HeapTrack");
const TRACK_BULK_SCHEMA = ref("HeapTrackBulk");
const USERS_SCHEMA = ref("HeapUserProperties");
const USERS_BULK_SCHEMA = ref("HeapUserPropertiesBulk");

/** @throws Problem 400 that names every field that is wrong */
export function parseTrackRequest(bytes: Uint8Array): HeapRequest<HeapEvent> {
  return parseRequest(bytes, { single: TRACK_SCHEMA, bulk: TRACK_BULK_SCHEMA, listName: "events" });
}

/** @throws Problem 400 that names every field that is wrong */
export function parseUsersRequest(bytes: Uint8Array): HeapRequest<HeapUser> {
  return parseRequest(bytes, { single: USERS_SCHEMA, bulk: USERS_BULK_SCHEMA, listName: "users" });
}

/** What is asked for one, or for many in a list. */
interface RequestSchemas {
  readonly single: JsonSchema;
  readonly bulk: JsonSchema;
  readonly listName: "events" | "users";
}

function parseRequest<Item extends UserReference>(bytes: Uint8Array, { single, bulk, listName }: RequestSchemas): HeapRequest<Item> {
  const body = parseJson(bytes);
  const isBulk = typeof body === "object" && body !== null && Object.hasOwn(body, listName);
  assertBody(isBulk ? bulk : single, body);
  const { app_id: key, ...rest } = body as { readonly app_id: string };
  const items = isBulk ? (rest as Readonly<Record<string, readonly Item[]>>)[listName] : [rest as Item];
  const request = { key, items: items ?? [], pointer: isBulk ? (`/${listName}` as const) : ("" as const) };
  for (const [i, { user_id }] of request.items.entries())
    if (user_id !== undefined && !Number.isSafeInteger(Number(user_id))) throw toUserIdProblem(request, i);
  return request;
}

/** Beyond, two numbers would be one user. */
function toUserIdProblem(request: HeapRequest<unknown>, i: number): Problem {
  const pointer = `${toItemPointer(request, i)}/user_id`;
  const message = `must be ${Number.MAX_SAFE_INTEGER} or less`;
  return new Problem(400, `${pointer} ${message}`, { errors: [{ pointer, message }] });
}

/** Where one of a request's items is. */
export function toItemPointer({ pointer }: HeapRequest<unknown>, i: number): string {
  return pointer === "" ? "" : `${pointer}/${i}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(400, "The body is not valid JSON in UTF-8.", { errors: [{ pointer: "", message }] });
  }
}

/** Whom it is about, by the one name that the sender knows users by. */
export function toUserId({ identity, user_id }: UserReference): string {
  return identity ?? `user_id:${Number(user_id)}`;
}

/** As the sender tracks it. Text is held to be a time where the event is made; a number is turned into one here. */
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
