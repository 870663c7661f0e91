import { createHash } from "node:crypto";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { computeMac, getHmacKey } from "../signature/mac.ts";
import type { ReceiveContext } from "./context.ts";
import type { ReceiverSettings } from "./parse-options.ts";

/** Its MAC identifies a secret without revealing it. */
const SENDER_CONTEXT = Buffer.from("heron-webhooks dedupe");
const MAX_KEY_LENGTH = 200;

/**
 * The event's key in the dedupe store: from `dedupe.key`, else the event's id, else its MAC.
 * @throws HeronError `dedupe_unavailable` if `dedupe.key` throws or returns no string
 */
export function createDedupeKey<Source>(
  { dedupe, name, secrets }: ReceiverSettings<Source>,
  event: WebhookEvent,
  context: ReceiveContext<Source>,
  secret: string,
): string {
  const eventKey = dedupe?.key === undefined ? event.id : callKeyFunction(() => dedupe.key?.(event, context));
  if (eventKey === undefined) return hashIfTooLong(`${name}:mac:${context.id}`);
  // Where senders share a receiver, no sender may use the key of another sender's event and so suppress it.
  const senderPrefix = secrets.isShared
    ? `${computeMac(SENDER_CONTEXT, getHmacKey(secret)).slice(0, 22)}:`
    : "";
  return hashIfTooLong(`${name}:id:${senderPrefix}${eventKey}`);
}

/** Rejects empty keys and promises: two events with the same such key would count as duplicates. */
function callKeyFunction(call: () => unknown): string {
  const createError = (reason: string, cause?: unknown): HeronError =>
    new HeronError("dedupe_unavailable", `dedupe.key ${reason}; responded with 503 so that Heron retries.`, {
      cause,
    });
  let key: unknown;
  try {
    key = call();
  } catch (cause) {
    throw createError("threw", cause);
  }
  if (typeof key !== "string" || key === "") throw createError("must return a string that is not empty");
  return key;
}

function hashIfTooLong(key: string): string {
  return key.length > MAX_KEY_LENGTH ? createHash("sha256").update(key).digest("base64") : key;
}
