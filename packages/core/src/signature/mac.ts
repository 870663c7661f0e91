import { createHmac, type Hmac, hash, timingSafeEqual } from "node:crypto";

/** SHA-256 works in blocks of so many bytes, and RFC 2104 brings the key to that length. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** Up to here two digests are quicker made than an `Hmac` object is; beyond, it is the bytes that cost. */
const MAX_SHORT_TEXT_BYTES = 16 * 1024;
const MAX_CACHED_KEYS = 100;

/** A secret as HMAC takes it. */
export interface HmacKey {
  readonly bytes: Uint8Array;
  /** Its bytes, brought to a block's length, under RFC 2104's `ipad`, and under its `opad`. */
  readonly innerPad: Uint8Array;
  readonly outerPad: Uint8Array;
}

const keyCache = new Map<string, HmacKey>();
// Filled and read within one call, so that no request pays for memory of its own.
const innerBuffer = Buffer.alloc(BLOCK_BYTES + MAX_SHORT_TEXT_BYTES);
const outerBuffer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/** The key that a secret's UTF-8 bytes are. */
export function getHmacKey(secret: string): HmacKey {
  const cached = keyCache.get(secret);
  if (cached !== undefined) return cached;
  const key = createHmacKey(Buffer.from(secret, "utf8"));
  if (keyCache.size >= MAX_CACHED_KEYS) keyCache.clear();
  keyCache.set(secret, key);
  return key;
}

/** The key that these bytes are. */
export function createHmacKey(bytes: Uint8Array): HmacKey {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(bytes.length > BLOCK_BYTES ? hash("sha256", bytes, "buffer") : bytes);
  return { bytes, innerPad: block.map((byte) => byte ^ 0x36), outerPad: block.map((byte) => byte ^ 0x5c) };
}

/**
 * The HMAC-SHA256 of a text, in base64.
 *
 * That of a short text is put together from two digests, `H(K xor opad, H(K xor ipad, text))`: setting up an `Hmac`
 * costs more than hashing a webhook does. Source: RFC 2104, section 2.
 */
export function computeMac(text: Uint8Array, key: HmacKey): string {
  if (text.length > MAX_SHORT_TEXT_BYTES) return createKeyedHmac(key).update(text).digest("base64");
  innerBuffer.set(key.innerPad);
  innerBuffer.set(text, BLOCK_BYTES);
  outerBuffer.set(key.outerPad);
  outerBuffer.write(
    hash("sha256", innerBuffer.subarray(0, BLOCK_BYTES + text.length), "binary"),
    BLOCK_BYTES,
    "latin1",
  );
  return hash("sha256", outerBuffer, "base64");
}

/** The same for a text that comes piece by piece. */
export function createKeyedHmac(key: HmacKey): Hmac {
  return createHmac("sha256", key.bytes);
}

/**
 * Whether two MACs are the same, in a time that does not tell where they differ. As text: each has one spelling, and
 * digests come sooner as text than as bytes.
 */
export function isEqualMac(mac: string, otherMac: string): boolean {
  return timingSafeEqual(Buffer.from(mac, "latin1"), Buffer.from(otherMac, "latin1"));
}
