import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import {
  computeMac,
  createHmacKey,
  createKeyedHmac,
  getHmacKey,
  isEqualMac,
} from "../../src/signature/mac.ts";
import { bytes } from "../test-receiver.ts";

const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
const expected = (text: Uint8Array, key: Uint8Array): string =>
  Buffer.from(hmac(sha256, key, text)).toString("base64");

const KEYS = [1, 31, 32, 63, 64, 65, 131, 1000];
const TEXTS = [0, 1, 55, 56, 63, 64, 65, 1000, 16_383, 16_384, 16_385, 100_000];

test("the MAC is HMAC-SHA256 for keys and texts of every length", () => {
  for (const key of KEYS.map(ramp))
    for (const text of TEXTS.map(ramp))
      expect(computeMac(text, createHmacKey(key))).toBe(expected(text, key));
});

test("so is that of a text in pieces", () => {
  const text = ramp(40_000);
  for (const key of KEYS.map(ramp)) {
    const mac = createKeyedHmac(createHmacKey(key));
    for (let i = 0; i < text.length; i += 7000) mac.update(text.subarray(i, i + 7000));
    expect(mac.digest("base64")).toBe(expected(text, key));
  }
});

test("a short text after a long one is not mixed with what is left of it", () => {
  const key = createHmacKey(ramp(32));
  for (const length of [16_384, 3, 100_000, 0, 64])
    expect(computeMac(ramp(length), key)).toBe(expected(ramp(length), ramp(32)));
});

test("of any number of secrets, each is its own key, asked for once or again", () => {
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 250; i++) {
      const secret = `sec_${i}_é`;
      expect(computeMac(bytes("x"), getHmacKey(secret))).toBe(expected(bytes("x"), bytes(secret)));
      expect(getHmacKey(secret)).toEqual(createHmacKey(bytes(secret)));
    }
});

test("MACs are the same or not", () => {
  const [mac, other] = [computeMac(bytes("x"), getHmacKey("a")), computeMac(bytes("y"), getHmacKey("a"))];
  expect(isEqualMac(mac, `${mac}`)).toBe(true);
  expect(isEqualMac(mac, other)).toBe(false);
});
