import { HeronError } from "./errors.ts";
import { isTopic } from "./topics/grammar.ts";

/** The longest id of an event, in characters. */
export const MAX_EVENT_ID_LENGTH = 256;

/** An event: the body of a webhook request. Source: Heron Data, "Webhooks". */
export interface WebhookEvent<T extends string = string, D = unknown> {
  /** `<resource>.<event>`, such as `end_user.processed`. */
  readonly topic: T;
  /** An ISO 8601 date-time; UTC without an offset. */
  readonly created: string;
  /** The resource. */
  readonly data: D;
  /** Metadata of the sender. */
  readonly meta: Record<string, unknown> | null;
  /** An id, unique per sender. Optional: Heron Data sends none. */
  readonly id?: string;
}

/** The input of {@link createEvent}. */
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
 * Creates an event. `created` defaults to now, as `2021-05-20T09:23:53+00:00`.
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

/** Not the schema of received events: sending needs no schema compiler. */
function findFault({ meta, id }: WebhookEvent): string | null {
  if (typeof meta !== "object" || Array.isArray(meta)) return "meta must be an object or null";
  if (id === undefined) return null;
  if (typeof id !== "string" || id === "") return "id must be a string that is not empty";
  return id.length > MAX_EVENT_ID_LENGTH
    ? `id must not be longer than ${MAX_EVENT_ID_LENGTH} characters`
    : null;
}

/**
 * Encodes an event as compact JSON in UTF-8, with the keys topic, created, data, meta and, if set, id. Sign these bytes.
 * @throws HeronError `invalid_event` when `data` or `meta` cannot be written as JSON.
 */
export function encodeEvent(event: WebhookEvent): Uint8Array {
  return Buffer.from(stringifyEvent(event), "utf8");
}

/** As {@link encodeEvent}, as text. */
export function stringifyEvent({ topic, created, data = null, meta = null, id }: WebhookEvent): string {
  try {
    // JSON omits such a value, and the event would have no data.
    if (!isObjectWithoutToJson(data) && JSON.stringify(data) === undefined)
      throw new TypeError("data has no JSON");
    return JSON.stringify({ topic, created, data, meta, id });
  } catch (cause) {
    throw new HeronError("invalid_event", `The event ${topic} cannot be written as JSON: ${String(cause)}`, {
      cause,
    });
  }
}

/** Whether a value certainly has JSON. */
function isObjectWithoutToJson(data: unknown): boolean {
  return typeof data === "object" && data !== null && !("toJSON" in data);
}

const ISO_DATE_TIME = /^\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** Parses `created` to milliseconds, UTC without an offset; NaN if invalid. */
export function parseTimestamp(created: string): number {
  const parts = ISO_DATE_TIME.exec(created);
  if (parts === null) return Number.NaN;
  const isWithoutOffset = parts[1] !== undefined && parts[2] === undefined;
  return Date.parse(`${created.replace(" ", "T")}${isWithoutOffset ? "Z" : ""}`);
}

/** Formats a time as Heron does: whole seconds, with UTC as an offset. */
export function formatTimestamp(date: Date): string {
  // Years outside 0 to 9999 are longer, and not valid in RFC 3339.
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (text.length !== 24) throw new HeronError("invalid_event", "created must be a valid date.");
  return `${text.slice(0, 19)}+00:00`;
}
