import { isUtf8 } from "node:buffer";
import { HeronError } from "./errors.ts";
import { formatTimestamp, MAX_EVENT_ID_LENGTH, type WebhookEvent } from "./event.ts";
import { parseJsonWithoutPrototypes } from "./json.ts";

/**
 * Decodes a received event: strict UTF-8, then JSON, then the envelope.
 *
 * Only `topic` is required. `created` defaults to the time of receipt, `data` and `meta` to null; other keys are kept.
 * Keys that would reach a prototype when copied (`__proto__`, and `constructor` with a `prototype`) are removed.
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
    // The parser's message quotes the body, which must not be logged.
    throw new HeronError("invalid_json", text === "" ? "The body is empty." : "The body is not JSON.", {
      cause,
    });
  }
}

/** Not a compiled schema: some platforms forbid code generation from strings. */
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
  // Count characters rather than UTF-16 units, as JSON Schema does.
  if (id.length > MAX_EVENT_ID_LENGTH && [...id].length > MAX_EVENT_ID_LENGTH)
    return `/id must NOT have more than ${MAX_EVENT_ID_LENGTH} characters`;
  return null;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
