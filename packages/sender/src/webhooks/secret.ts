import { randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { SecretRecord } from "@heron-webhooks/engine";

const SHORTEST = 24;
const LONGEST = 500;
/** So many secrets may be on their way out at once. */
const MOST_LEAVING = 4;

/** `sec_` and 32 random bytes. */
export function newSecret(): string {
  return `sec_${randomBytes(32).toString("base64url")}`;
}

/** @throws HeronError `secret_invalid` */
export function checkSecret(secret: string): void {
  const why = whyNot(secret);
  if (why !== null)
    throw new HeronError(
      "secret_invalid",
      `The secret cannot be used: ${why}. Leave it out, and one is made.`,
    );
}

function whyNot(secret: string): string | null {
  if (typeof secret !== "string") return "it is not text";
  if (secret.startsWith("whsec_"))
    return "it begins with whsec_, as a key in base64 does; here a secret's own characters are the key";
  if (secret.trim() !== secret) return "it begins or ends with white space";
  const size = Buffer.byteLength(secret, "utf8");
  if (size < SHORTEST) return `it is under ${SHORTEST} bytes, and could be guessed`;
  return size > LONGEST ? `it is over ${LONGEST} bytes` : null;
}

/**
 * The secrets with a new one. During the overlap the one that was current goes on making `Heron-Signature`, so that who
 * knows it alone still verifies; `webhook-signature` is made with both.
 * @throws HeronError `limit_reached` if several are on their way out already
 */
export function rotated(
  secrets: readonly SecretRecord[],
  secret: string,
  overlapMs: number,
  now: number,
): readonly SecretRecord[] {
  const current: SecretRecord = { value: secret, until: null };
  if (overlapMs === 0) return [current];
  const leaving = secrets
    .map(({ value, until }) => ({ value, until: until ?? now + overlapMs }))
    .filter(({ until }) => until > now);
  if (leaving.length > MOST_LEAVING)
    throw new HeronError(
      "limit_reached",
      `${MOST_LEAVING} secrets of this webhook are on their way out: wait until one has gone, or end them all with overlap: 0.`,
    );
  return [...leaving, current];
}
