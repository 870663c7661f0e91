import { randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { SecretRecord } from "@heron-webhooks/engine";

const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 500;
/** Secrets that may be expiring at the same time. */
const MAX_EXPIRING_SECRETS = 4;

/** `sec_` and 32 random bytes. */
export function createSecret(): string {
  return `sec_${randomBytes(32).toString("base64url")}`;
}

/** @throws HeronError `secret_invalid` */
export function assertSecret(secret: string): void {
  const problem = findProblem(secret);
  if (problem !== null)
    throw new HeronError("secret_invalid", `Invalid secret: ${problem}. Leave it out to create one.`);
}

function findProblem(secret: string): string | null {
  if (typeof secret !== "string") return "it is not a string";
  if (secret.startsWith("whsec_"))
    return "it begins with whsec_, which marks a base64 key; here the characters of the secret are the key";
  if (secret.trim() !== secret) return "it begins or ends with white space";
  const size = Buffer.byteLength(secret, "utf8");
  if (size < MIN_SECRET_BYTES) return `it has fewer than ${MIN_SECRET_BYTES} bytes`;
  return size > MAX_SECRET_BYTES ? `it has more than ${MAX_SECRET_BYTES} bytes` : null;
}

/**
 * Adds a new secret. During the overlap the previous one still signs `Heron-Signature`, so that receivers that have
 * only that one still verify; `webhook-signature` has both.
 * @throws HeronError `limit_reached` if too many secrets are expiring
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
      `${MAX_EXPIRING_SECRETS} secrets of this webhook are still expiring. Wait until one has expired, or end them all with overlap: 0.`,
    );
  return [...expiring, current];
}
