import { createHmac, type Hmac, hash, timingSafeEqual } from "node:crypto";

/** The block size of SHA-256, to which RFC 2104 pads the key. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** Up to this length two digests are faster than an `Hmac` object; beyond it, the bytes dominate. */
const MAX_SHORT_TEXT_BYTES = 16 * 1024;
const MAX_CACHED_KEYS = 100;

/** An HMAC key. */
export interface HmacKey {
  readonly bytes: Uint8Array;
  /** The padded key, XORed with RFC 2104's `ipad` and `opad`. */
  readonly innerPad: Uint8Array;
  readonly outerPad: Uint8Array;
}

const keyCache = new Map<string, HmacKey>();
// Shared buffers, filled and read within one call: no allocation per request.
const innerBuffer = Buffer.alloc(BLOCK_BYTES + MAX_SHORT_TEXT_BYTES);
const outerBuffer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/** The key of a secret's UTF-8 bytes. */
export function getHmacKey(secret: string): HmacKey {
  const cached = keyCache.get(secret);
  if (cached !== undefined) return cached;
  const key = createHmacKey(Buffer.from(secret, "utf8"));
  if (keyCache.size >= MAX_CACHED_KEYS) keyCache.clear();
  keyCache.set(secret, key);
  return key;
}

/** The key of these bytes. */
export function createHmacKey(bytes: Uint8Array): HmacKey {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(bytes.length > BLOCK_BYTES ? hash("sha256", bytes, "buffer") : bytes);
  return { bytes, innerPad: block.map((byte) => byte ^ 0x36), outerPad: block.map((byte) => byte ^ 0x5c) };
}

/**
 * The HMAC-SHA256 of a text, in base64.
 *
 * For a short text computed from two digests, `H(K xor opad, H(K xor ipad, text))`: creating an `Hmac` costs more than
 * hashing a webhook. Source: RFC 2104, section 2.
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

/** The HMAC-SHA256 of a text in pieces. */
export function createKeyedHmac(key: HmacKey): Hmac {
  return createHmac("sha256", key.bytes);
}

/**
 * Compares two MACs in constant time. As text: each MAC has one base64 form, and digests are faster as text than as
 * bytes.
 */
export function isEqualMac(mac: string, otherMac: string): boolean {
  return timingSafeEqual(Buffer.from(mac, "latin1"), Buffer.from(otherMac, "latin1"));
}
