import { randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { SecretRecord } from "@heron-webhooks/engine";

const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 500;
/** So many secrets may be on their way out at once. */
const MAX_EXPIRING_SECRETS = 4;

/** `sec_` and 32 random bytes. */
export function createSecret(): string {
  return `sec_${randomBytes(32).toString("base64url")}`;
}

/** @throws HeronError `secret_invalid` */
export function assertSecret(secret: string): void {
  const problem = findProblem(secret);
  if (problem !== null)
    throw new HeronError(
      "secret_invalid",
      `The secret cannot be used: ${problem}. Leave it out, and one is made.`,
    );
}

function findProblem(secret: string): string | null {
  if (typeof secret !== "string") return "it is not text";
  if (secret.startsWith("whsec_"))
    return "it begins with whsec_, as a key in base64 does; here a secret's own characters are the key";
  if (secret.trim() !== secret) return "it begins or ends with white space";
  const size = Buffer.byteLength(secret, "utf8");
  if (size < MIN_SECRET_BYTES) return `it is under ${MIN_SECRET_BYTES} bytes, and could be guessed`;
  return size > MAX_SECRET_BYTES ? `it is over ${MAX_SECRET_BYTES} bytes` : null;
}

/**
 * The secrets with a new one. During the overlap the one that was current goes on making `Heron-Signature`, so that who
 * knows it alone still verifies; `webhook-signature` is made with both.
 * @throws HeronError `limit_reached` if several are on their way out already
 */
export function rotateSecrets(
  secrets: readonly SecretRecord[],
  secret: string,
  overlapMs: number,
  now: number,
): readonly SecretRecord[] {
  const current: SecretRecord = { value: secret, expiresAt: null };
  if (overlapMs === 0) return [current];
  const expiring = secrets
    .map(({ value, expiresAt }) => ({ value, expiresAt: expiresAt ?? now + overlapMs }))
    .filter(({ expiresAt }) => expiresAt > now);
  if (expiring.length > MAX_EXPIRING_SECRETS)
    throw new HeronError(
      "limit_reached",
      `${MAX_EXPIRING_SECRETS} secrets of this webhook are on their way out: wait until one has gone, or end them all with overlap: 0.`,
    );
  return [...expiring, current];
}
