import { isUtf8 } from "node:buffer";
import { HeronError } from "./errors.ts";
import { formatTimestamp, MAX_EVENT_ID_LENGTH, type WebhookEvent } from "./event.ts";
import { parseJsonWithoutPrototypes } from "./json.ts";

/**
 * Reads an event from the bytes that came: strict UTF-8, then JSON, then the envelope.
 *
 * Only `topic` is required. `created` is the time of receipt if missing, `data` and `meta` are null if missing; keys
 * beyond these are kept. Keys that would reach a prototype when copied (`__proto__`, and `constructor` holding a
 * `prototype`) are left out.
 * @throws HeronError `invalid_json`, `invalid_event`
 */
export function decodeEvent(bytes: Uint8Array, receivedAt: Date = new Date()): WebhookEvent {
  const event = parseBody(bytes);
  const fault = findFault(event);
  if (fault !== null) throw new HeronError("invalid_event", `The body is JSON, but not an event: ${fault}.`);
  const envelope = event as Partial<Record<keyof WebhookEvent, unknown>>;
  envelope.created ??= formatTimestamp(receivedAt);
  envelope.data ??= null;
  envelope.meta ??= null;
  if (envelope.id === null) delete envelope.id;
  return envelope as unknown as WebhookEvent;
}

function parseBody(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new HeronError("invalid_json", "The body is not UTF-8.");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  try {
    return parseJsonWithoutPrototypes(text);
  } catch (cause) {
    // The parser's own message quotes the body, which has no place in a log.
    throw new HeronError("invalid_json", text === "" ? "The body is empty." : "The body is not JSON.", {
      cause,
    });
  }
}

/** By hand rather than by a compiled schema: some platforms allow no code to be made from strings. */
function findFault(event: unknown): string | null {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return "it must be object";
  const { topic, created, meta, id } = event as Readonly<Record<string, unknown>>;
  if (topic === undefined) return "it must have required property 'topic'";
  if (typeof topic !== "string") return "/topic must be string";
  if (topic === "") return "/topic must NOT have fewer than 1 characters";
  if (!isAbsent(created) && typeof created !== "string") return "/created must be string,null";
  if (!isAbsent(meta) && (typeof meta !== "object" || Array.isArray(meta)))
    return "/meta must be object,null";
  if (isAbsent(id)) return null;
  if (typeof id !== "string") return "/id must be string,null";
  if (id === "") return "/id must NOT have fewer than 1 characters";
  // Characters rather than UTF-16 units, as JSON Schema counts.
  if (id.length > MAX_EVENT_ID_LENGTH && [...id].length > MAX_EVENT_ID_LENGTH)
    return `/id must NOT have more than ${MAX_EVENT_ID_LENGTH} characters`;
  return null;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
