import { createHash } from "node:crypto";
import { HeronError } from "../errors.ts";
import type { WebhookEvent } from "../event.ts";
import { keyOf, macOf } from "../signature/mac.ts";
import type { ReceiveContext } from "./context.ts";
import type { Settings } from "./settings.ts";

/** Its MAC under a secret names the sender who holds that, and gives nothing of it away. */
const SENDER = Buffer.from("heron-webhooks dedupe");
const LONGEST_KEY = 200;

/**
 * What makes two events the same to the dedupe store: what `dedupe.key` says, else the event's id, else its MAC.
 * @throws HeronError `dedupe_unavailable` when `dedupe.key` fails, or gives no name.
 */
export function dedupeKey<Source>(
  { dedupe, name, secrets }: Settings<Source>,
  event: WebhookEvent,
  context: ReceiveContext<Source>,
  secret: string,
): string {
  const own = dedupe?.key === undefined ? event.id : ownName(() => dedupe.key?.(event, context));
  if (own === undefined) return bounded(`${name}:mac:${context.id}`);
  // Where many senders share a receiver, one must not be able to name, and so swallow, another's event.
  const sender = secrets.shared ? `${macOf(SENDER, keyOf(secret)).slice(0, 22)}:` : "";
  return bounded(`${name}:id:${sender}${own}`);
}

/** Two events without a name, or with a promise's, would count as one, and the second be lost. */
function ownName(call: () => unknown): string {
  const fail = (how: string, cause?: unknown): HeronError =>
    new HeronError(
      "dedupe_unavailable",
      `dedupe.key ${how}; the event is answered with 503 so that it comes again.`,
      { cause },
    );
  let own: unknown;
  try {
    own = call();
  } catch (cause) {
    throw fail("threw", cause);
  }
  if (typeof own !== "string" || own === "") throw fail("must return a string that is not empty");
  return own;
}

function bounded(key: string): string {
  return key.length > LONGEST_KEY ? createHash("sha256").update(key).digest("base64") : key;
}
