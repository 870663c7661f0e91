import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";

/** Keeps what must stay secret, as it was given or sealed. */
export interface Seal {
  /** `place` says what the text is for: sealed for one place, it opens in no other. */
  seal(text: string, place: string): string;
  /**
   * The text again. What was kept before there was a key opens as it is.
   * @throws HeronError `secret_unavailable` if the key it was sealed with is not known, or it is not what was sealed
   */
  open(kept: string, place: string): string;
  /** Whether `kept` is as it would be kept now. */
  isCurrent(kept: string): boolean;
}

const PREFIX = "sealed:v1:";
const IV = 12;
const TAG = 16;

interface SealKey {
  /** Says which key it was, and nothing else of it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Seals with AES-256-GCM under the first key, and opens with any of them; without a key keeps text as it is.
 * Source: NIST SP 800-38D; an IV is 96 random bits, so a key is good for 2³² sealings.
 * @throws HeronError `option_invalid` if a key is not 32 bytes
 */
export function sealWith(keys: string | Uint8Array | readonly (string | Uint8Array)[] | undefined): Seal {
  const list = keys === undefined ? [] : Array.isArray(keys) ? keys : [keys];
  if (keys !== undefined && list.length === 0)
    throw new HeronError(
      "option_invalid",
      "encryptionKey is an empty list, and nothing would be sealed: leave it out if that is meant.",
    );
  const known = (list as readonly (string | Uint8Array)[]).map(keyOf);
  const [current] = known;
  return {
    seal: (text, place) => (current === undefined ? plain(text) : sealed(text, place, current)),
    open(kept, place) {
      if (!isSealed(kept)) return kept;
      const [, , id = "", data = ""] = kept.split(":");
      const key = known.find((one) => one.id === id);
      if (key === undefined)
        throw unavailable(`it was sealed with the key ${id}, which is not among encryptionKey`);
      return opened(Buffer.from(data, "base64url"), place, key);
    },
    isCurrent: (kept) =>
      current === undefined ? !isSealed(kept) : kept.startsWith(`${PREFIX}${current.id}:`),
  };
}

/** Whether it was sealed, with whichever key. */
export function isSealed(kept: string): boolean {
  return kept.startsWith(PREFIX);
}

/** Text that begins as if it were sealed could not be told from what is. */
function plain(text: string): string {
  if (!isSealed(text)) return text;
  throw new HeronError("option_invalid", `No secret and no header may begin with ${PREFIX}.`);
}

function sealed(text: string, place: string, { id, bytes }: SealKey): string {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", bytes, iv).setAAD(Buffer.from(place, "utf8"));
  const data = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${PREFIX}${id}:${data.toString("base64url")}`;
}

function opened(data: Buffer, place: string, { id, bytes }: SealKey): string {
  try {
    const decipher = createDecipheriv("aes-256-gcm", bytes, data.subarray(0, IV), { authTagLength: TAG })
      .setAAD(Buffer.from(place, "utf8"))
      .setAuthTag(data.subarray(-TAG));
    return decipher.update(data.subarray(IV, -TAG), undefined, "utf8") + decipher.final("utf8");
  } catch (cause) {
    throw unavailable(`what is kept is not what the key ${id} sealed here`, cause);
  }
}

function keyOf(key: string | Uint8Array): SealKey {
  const bytes =
    typeof key === "string"
      ? Buffer.from(key, /^[0-9a-f]{64}$/i.test(key) ? "hex" : "base64")
      : Buffer.from(key instanceof Uint8Array ? key : []);
  if (bytes.length !== 32)
    throw new HeronError(
      "option_invalid",
      "encryptionKey must be 32 bytes, as bytes, base64 or hex, or a list of such keys, the current one first: openssl rand -base64 32 makes one.",
    );
  const id = createHash("sha256").update("heron-webhooks key id").update(bytes).digest("hex").slice(0, 8);
  return { id, bytes };
}

function unavailable(why: string, cause?: unknown): HeronError {
  return new HeronError("secret_unavailable", `A secret of a webhook cannot be opened: ${why}.`, { cause });
}
