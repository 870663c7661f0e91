import { HeronError } from "./errors.ts";
import { isTopic } from "./topics/grammar.ts";

/** The longest id of an event, in characters. */
export const MAX_EVENT_ID_LENGTH = 256;

/** A business fact: what a webhook carries. Source: Heron Data, "Webhooks". */
export interface WebhookEvent<T extends string = string, D = unknown> {
  /** What happened: `<resource>.<event>`, such as `end_user.processed`. */
  readonly topic: T;
  /** When, as an ISO 8601 date-time; one without an offset is UTC. */
  readonly created: string;
  /** The resource that it is about. */
  readonly data: D;
  /** What else its sender wished to say. */
  readonly meta: Record<string, unknown> | null;
  /** Its own name, unique for its sender, where the sender gives one. Heron Data does not. */
  readonly id?: string;
}

/** What {@link createEvent} makes an event of. */
export interface EventInput<T extends string = string, D = unknown> {
  readonly topic: T;
  readonly data: D;
  /** Default: null. */
  readonly meta?: Record<string, unknown> | null | undefined;
  /** Default: now. */
  readonly created?: string | Date | undefined;
  readonly id?: string | undefined;
}

/**
 * Makes an event, `created` now (as `2021-05-20T09:23:53+00:00`) unless said otherwise.
 * @throws HeronError `topic_invalid`, `invalid_event`
 */
export function createEvent<T extends string, D>(input: EventInput<T, D>): WebhookEvent<T, D> {
  const { topic, data, meta = null, created = new Date(), id } = input;
  if (typeof topic !== "string" || !isTopic(topic))
    throw new HeronError(
      "topic_invalid",
      `${JSON.stringify(topic)} is not a topic: write 2 to 4 segments of a-z, 0-9 and _ joined by dots, at most 128 characters, such as "invoice.paid".`,
    );
  const createdAt = typeof created === "string" ? created : formatTimestamp(created);
  const event = { topic, created: createdAt, data, meta, ...(id === undefined ? {} : { id }) };
  const fault =
    typeof created === "string" && Number.isNaN(parseTimestamp(created))
      ? "created must be a date-time"
      : findFault(event);
  if (fault !== null) throw new HeronError("invalid_event", `This is not an event: ${fault}.`);
  return event;
}

/** Written out rather than asked of the schema of what is received: what sends needs no schema compiler. */
function findFault({ meta, id }: WebhookEvent): string | null {
  if (typeof meta !== "object" || Array.isArray(meta)) return "meta must be an object or null";
  if (id === undefined) return null;
  if (typeof id !== "string" || id === "") return "id must be a string that is not empty";
  return id.length > MAX_EVENT_ID_LENGTH
    ? `id must not be longer than ${MAX_EVENT_ID_LENGTH} characters`
    : null;
}

/**
 * The event as it is sent: compact JSON in UTF-8, its keys in the order topic, created, data, meta, then id if it
 * has one. These are the bytes to sign.
 * @throws HeronError `invalid_event` when `data` or `meta` cannot be written as JSON.
 */
export function encodeEvent(event: WebhookEvent): Uint8Array {
  return Buffer.from(stringifyEvent(event), "utf8");
}

/** The same, as text. */
export function stringifyEvent({ topic, created, data = null, meta = null, id }: WebhookEvent): string {
  try {
    // JSON leaves out what has none, and the event would be about nothing.
    if (!isObjectWithoutToJson(data) && JSON.stringify(data) === undefined)
      throw new TypeError("data has no JSON");
    return JSON.stringify({ topic, created, data, meta, id });
  } catch (cause) {
    throw new HeronError("invalid_event", `The event ${topic} cannot be written as JSON: ${String(cause)}`, {
      cause,
    });
  }
}

/** Whether it has JSON, as far as can be told at a glance. */
function isObjectWithoutToJson(data: unknown): boolean {
  return typeof data === "object" && data !== null && !("toJSON" in data);
}

const ISO_DATE_TIME = /^\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** The time that an event's `created` stands for in milliseconds, an offset missing being UTC; NaN if none. */
export function parseTimestamp(created: string): number {
  const parts = ISO_DATE_TIME.exec(created);
  if (parts === null) return Number.NaN;
  const isWithoutOffset = parts[1] !== undefined && parts[2] === undefined;
  return Date.parse(`${created.replace(" ", "T")}${isWithoutOffset ? "Z" : ""}`);
}

/** As Heron writes it: whole seconds, and UTC as an offset. */
export function formatTimestamp(date: Date): string {
  // Until the year 9999 it has so many characters; beyond, and before the year 0, it is no date-time of RFC 3339.
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (text.length !== 24) throw new HeronError("invalid_event", "created must be a valid date.");
  return `${text.slice(0, 19)}+00:00`;
}
