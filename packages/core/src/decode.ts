import { isUtf8 } from "node:buffer";
import { HeronError } from "./errors.ts";
import { LONGEST_ID, timestamp, type WebhookEvent } from "./event.ts";
import { parseWithoutPrototypes } from "./json.ts";
import { compileSchema, type Validate } from "./schema.ts";

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
      id: { type: ["string", "null"], minLength: 1, maxLength: LONGEST_ID },
    },
  });
  return compiled;
}
