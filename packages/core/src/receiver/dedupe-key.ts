import { createHash } from "node:crypto";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { computeMac, getHmacKey } from "../signature/mac.ts";
import type { ReceiveContext } from "./context.ts";
import type { ReceiverSettings } from "./parse-options.ts";

/** Its MAC under a secret names the sender who holds that, and gives nothing of it away. */
const SENDER_CONTEXT = Buffer.from("heron-webhooks dedupe");
const MAX_KEY_LENGTH = 200;

/**
 * What makes two events the same to the dedupe store: what `dedupe.key` says, else the event's id, else its MAC.
 * @throws HeronError `dedupe_unavailable` when `dedupe.key` fails, or gives no name.
 */
export function createDedupeKey<Source>(
  { dedupe, name, secrets }: ReceiverSettings<Source>,
  event: WebhookEvent,
  context: ReceiveContext<Source>,
  secret: string,
): string {
  const eventKey = dedupe?.key === undefined ? event.id : callKeyFunction(() => dedupe.key?.(event, context));
  if (eventKey === undefined) return hashIfTooLong(`${name}:mac:${context.id}`);
  // Where many senders share a receiver, one must not be able to name, and so swallow, another's event.
  const senderPrefix = secrets.isShared
    ? `${computeMac(SENDER_CONTEXT, getHmacKey(secret)).slice(0, 22)}:`
    : "";
  return hashIfTooLong(`${name}:id:${senderPrefix}${eventKey}`);
}

/** Two events without a name, or with a promise's, would count as one, and the second be lost. */
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
