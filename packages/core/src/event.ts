import { isUtf8 } from "node:buffer";
import { HeronError } from "./errors.ts";
import { parseWithoutPrototypes } from "./json.ts";
import { compileSchema, type Validate } from "./schema.ts";
import { isTopic } from "./topic/grammar.ts";

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
  const at = typeof created === "string" ? created : timestamp(created);
  const event = { topic, created: at, data, meta, ...(id === undefined ? {} : { id }) };
  const fault = envelope()(event);
  if (fault !== null || Number.isNaN(timeOf(at)))
    throw new HeronError("invalid_event", `This is not an event: ${fault ?? "created must be a date-time"}.`);
  return event;
}

/**
 * The event as it is sent: compact JSON in UTF-8, its keys in the order topic, created, data, meta, then id if it
 * has one. These are the bytes to sign.
 * @throws HeronError `invalid_event` when `data` or `meta` cannot be written as JSON.
 */
export function encodeEvent(event: WebhookEvent): Uint8Array {
  const { topic, created, data = null, meta = null, id } = event;
  try {
    if (JSON.stringify(data) === undefined) throw new TypeError("data has no JSON");
    return Buffer.from(JSON.stringify({ topic, created, data, meta, id }), "utf8");
  } catch (cause) {
    throw new HeronError("invalid_event", `The event ${topic} cannot be written as JSON: ${String(cause)}`, {
      cause,
    });
  }
}

/**
 * Reads an event from the bytes that came: strict UTF-8, then JSON, then the envelope.
 *
 * Only `topic` is required. `created` is the time of receipt if missing, `data` and `meta` are null if missing; keys
 * beyond these are kept. Keys that would reach a prototype when copied (`__proto__`, and `constructor` holding a
 * `prototype`) are left out.
 * @throws HeronError `invalid_json`, `invalid_event`
 */
export function decodeEvent(bytes: Uint8Array, receivedAt: Date = new Date()): WebhookEvent {
  const event = parse(bytes);
  const fault = envelope()(event);
  if (fault !== null) throw new HeronError("invalid_event", `The body is JSON, but not an event: ${fault}.`);
  const known = event as Partial<Record<keyof WebhookEvent, unknown>>;
  known.created ??= timestamp(receivedAt);
  known.data ??= null;
  known.meta ??= null;
  if (known.id === null) delete known.id;
  return known as unknown as WebhookEvent;
}

function parse(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new HeronError("invalid_json", "The body is not UTF-8.");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    return parseWithoutPrototypes(text);
  } catch (cause) {
    // The parser's own message quotes the body, which has no place in a log.
    throw new HeronError("invalid_json", text === "" ? "The body is empty." : "The body is not JSON.", {
      cause,
    });
  }
}

const DATE_TIME = /^\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** The time that an event's `created` stands for in milliseconds, an offset missing being UTC; NaN if none. */
export function timeOf(created: string): number {
  const parts = DATE_TIME.exec(created);
  if (parts === null) return Number.NaN;
  const naive = parts[1] !== undefined && parts[2] === undefined;
  return Date.parse(`${created.replace(" ", "T")}${naive ? "Z" : ""}`);
}

/** As Heron writes it: whole seconds, and UTC as an offset. */
function timestamp(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new HeronError("invalid_event", "created must be a valid date.");
  return `${date.toISOString().slice(0, 19)}+00:00`;
}

let compiled: Validate | undefined;

/** The envelope's own check, compiled when it is first asked for and then kept. */
export function envelope(): Validate {
  compiled ??= compileSchema("the envelope", {
    type: "object",
    required: ["topic"],
    properties: {
      topic: { type: "string", minLength: 1 },
      created: { type: ["string", "null"] },
      meta: { type: ["object", "null"] },
      id: { type: ["string", "null"], minLength: 1, maxLength: 256 },
    },
  });
  return compiled;
}
