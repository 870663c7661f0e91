import { createHmac, type Hmac, hash, timingSafeEqual } from "node:crypto";

/** SHA-256 works in blocks of so many bytes, and RFC 2104 brings the key to that length. */
const BLOCK = 64;
const DIGEST = 32;

/** Up to here two digests are quicker made than an `Hmac` object is; beyond, it is the bytes that cost. */
const SHORT = 16 * 1024;
const MOST_KEPT = 100;

/** A secret as HMAC takes it. */
export interface Key {
  readonly bytes: Uint8Array;
  /** Its bytes, brought to a block's length, under RFC 2104's `ipad`, and under its `opad`. */
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

const kept = new Map<string, Key>();
// Filled and read within one call, so that no request pays for memory of its own.
const innerText = Buffer.alloc(BLOCK + SHORT);
const outerText = Buffer.alloc(BLOCK + DIGEST);

/** The key that a secret's UTF-8 bytes are. */
export function keyOf(secret: string): Key {
  const known = kept.get(secret);
  if (known !== undefined) return known;
  const key = keyFrom(Buffer.from(secret, "utf8"));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(secret, key);
  return key;
}

/** The key that these bytes are. */
export function keyFrom(bytes: Uint8Array): Key {
  const block = new Uint8Array(BLOCK);
  block.set(bytes.length > BLOCK ? hash("sha256", bytes, "buffer") : bytes);
  return { bytes, inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) };
}

/**
 * The HMAC-SHA256 of a text, in base64.
 *
 * That of a short text is put together from two digests, `H(K xor opad, H(K xor ipad, text))`: setting up an `Hmac`
 * costs more than hashing a webhook does. Source: RFC 2104, section 2.
 */
export function macOf(text: Uint8Array, key: Key): string {
  if (text.length > SHORT) return hmacOf(key).update(text).digest("base64");
  innerText.set(key.inner);
  innerText.set(text, BLOCK);
  outerText.set(key.outer);
  outerText.write(hash("sha256", innerText.subarray(0, BLOCK + text.length), "binary"), BLOCK, "latin1");
  return hash("sha256", outerText, "base64");
}

/** The same for a text that comes piece by piece. */
export function hmacOf(key: Key): Hmac {
  return createHmac("sha256", key.bytes);
}

/**
 * Whether two MACs are the same, in a time that does not tell where they differ. As text: each has one spelling, and
 * digests come sooner as text than as bytes.
 */
export function sameMac(mac: string, given: string): boolean {
  return timingSafeEqual(Buffer.from(mac, "latin1"), Buffer.from(given, "latin1"));
}
