import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";

/** Encrypts secrets at rest. */
export interface SecretCipher {
  /** `context` binds the ciphertext to its place: it decrypts in no other. */
  encrypt(text: string, context: string): string;
  /**
   * Decrypts a text. A text that was stored without a key is returned as it is.
   * @throws HeronError `secret_unavailable` if the key is unknown or the ciphertext is invalid
   */
  decrypt(stored: string, context: string): string;
  /** Whether the text is stored as `encrypt` would store it now. */
  isCurrent(stored: string): boolean;
}

const PREFIX = "encrypted:v1:";
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface EncryptionKey {
  /** Identifies the key without revealing it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Encrypts with AES-256-GCM under the first key and decrypts with any; without a key stores plain text. Source: NIST SP
 * 800-38D. An IV has 96 random bits, so a key is good for 2³² encryptions.
 * @throws HeronError `option_invalid` if a key is not 32 bytes
 */
export function createSecretCipher(
  keys: string | Uint8Array | readonly (string | Uint8Array)[] | undefined,
): SecretCipher {
  const keyList = keys === undefined ? [] : Array.isArray(keys) ? keys : [keys];
  if (keys !== undefined && keyList.length === 0)
    throw new HeronError(
      "option_invalid",
      "encryptionKey is an empty list, so nothing would be encrypted. Leave the option out if that is intended.",
    );
  const parsedKeys = (keyList as readonly (string | Uint8Array)[]).map(parseKey);
  const [currentKey] = parsedKeys;
  return {
    encrypt: (text, context) =>
      currentKey === undefined ? assertPlaintext(text) : encryptText(text, context, currentKey),
    decrypt(stored, context) {
      if (!isEncrypted(stored)) return stored;
      const [, , id = "", data = ""] = stored.split(":");
      const key = parsedKeys.find((candidate) => candidate.id === id);
      if (key === undefined)
        throw createUnavailableError(
          `it was encrypted with the key ${id}, which encryptionKey does not have`,
        );
      return decryptText(Buffer.from(data, "base64url"), context, key);
    },
    isCurrent: (stored) =>
      currentKey === undefined ? !isEncrypted(stored) : stored.startsWith(`${PREFIX}${currentKey.id}:`),
  };
}

/** Whether the text is encrypted, with any key. */
export function isEncrypted(stored: string): boolean {
  return stored.startsWith(PREFIX);
}

/** Plain text with the prefix could not be distinguished from ciphertext. */
function assertPlaintext(text: string): string {
  if (!isEncrypted(text)) return text;
  throw new HeronError("option_invalid", `Secrets and headers must not begin with ${PREFIX}.`);
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
    throw createUnavailableError(`its ciphertext is invalid for the key ${id}`, cause);
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
      "encryptionKey must be 32 bytes, as bytes, base64 or hex, or a list of such keys with the current one first. Create one with: openssl rand -base64 32",
    );
  const id = createHash("sha256").update("heron-webhooks key id").update(bytes).digest("hex").slice(0, 8);
  return { id, bytes };
}

function createUnavailableError(reason: string, cause?: unknown): HeronError {
  return new HeronError("secret_unavailable", `A webhook secret cannot be decrypted: ${reason}.`, {
    cause,
  });
}
