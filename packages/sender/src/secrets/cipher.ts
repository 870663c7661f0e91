import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";

/** Keeps what must stay secret, as it was given or sealed. */
export interface SecretCipher {
  /** `place` says what the text is for: sealed for one place, it opens in no other. */
  encrypt(text: string, context: string): string;
  /**
   * The text again. What was kept before there was a key opens as it is.
   * @throws HeronError `secret_unavailable` if the key it was sealed with is not known, or it is not what was sealed
   */
  decrypt(stored: string, context: string): string;
  /** Whether `kept` is as it would be kept now. */
  isCurrent(stored: string): boolean;
}

const PREFIX = "sealed:v1:";
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface EncryptionKey {
  /** Says which key it was, and nothing else of it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Seals with AES-256-GCM under the first key, and opens with any of them; without a key keeps text as it is.
 * Source: NIST SP 800-38D; an IV is 96 random bits, so a key is good for 2³² sealings.
 * @throws HeronError `option_invalid` if a key is not 32 bytes
 */
export function createSecretCipher(
  keys: string | Uint8Array | readonly (string | Uint8Array)[] | undefined,
): SecretCipher {
  const keyList = keys === undefined ? [] : Array.isArray(keys) ? keys : [keys];
  if (keys !== undefined && keyList.length === 0)
    throw new HeronError(
      "option_invalid",
      "encryptionKey is an empty list, and nothing would be sealed: leave it out if that is meant.",
    );
  const parsedKeys = (keyList as readonly (string | Uint8Array)[]).map(parseKey);
  const [currentKey] = parsedKeys;
  return {
    encrypt: (text, place) =>
      currentKey === undefined ? assertPlaintext(text) : encryptText(text, place, currentKey),
    decrypt(stored, context) {
      if (!isEncrypted(stored)) return stored;
      const [, , id = "", data = ""] = stored.split(":");
      const key = parsedKeys.find((candidate) => candidate.id === id);
      if (key === undefined)
        throw createUnavailableError(`it was sealed with the key ${id}, which is not among encryptionKey`);
      return decryptText(Buffer.from(data, "base64url"), context, key);
    },
    isCurrent: (stored) =>
      currentKey === undefined ? !isEncrypted(stored) : stored.startsWith(`${PREFIX}${currentKey.id}:`),
  };
}

/** Whether it was sealed, with whichever key. */
export function isEncrypted(stored: string): boolean {
  return stored.startsWith(PREFIX);
}

/** Text that begins as if it were sealed could not be told from what is. */
function assertPlaintext(text: string): string {
  if (!isEncrypted(text)) return text;
  throw new HeronError("option_invalid", `No secret and no header may begin with ${PREFIX}.`);
}

function encryptText(text: string, context: string, { id, bytes }: EncryptionKey): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", bytes, iv).setAAD(Buffer.from(context, "utf8"));
  const data = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${PREFIX}${id}:${data.toString("base64url")}`;
}

function decryptText(data: Buffer, context: string, { id, bytes }: EncryptionKey): string {
  try {
    const decipher = createDecipheriv("aes-256-gcm", bytes, data.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(context, "utf8"))
      .setAuthTag(data.subarray(-TAG_BYTES));
    return decipher.update(data.subarray(IV_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch (cause) {
    throw createUnavailableError(`what is kept is not what the key ${id} sealed here`, cause);
  }
}

function parseKey(key: string | Uint8Array): EncryptionKey {
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

function createUnavailableError(reason: string, cause?: unknown): HeronError {
  return new HeronError("secret_unavailable", `A secret of a webhook cannot be opened: ${reason}.`, {
    cause,
  });
}
