import { expect, test } from "vitest";
import { computeMac, createHmacKey } from "../../src/signature/mac.ts";
import { sign } from "../../src/signature/sign.ts";
import { bytes, catchHeronError, SECRET } from "../test-receiver.ts";

test("sign gives 44 characters of padded base64", () => {
  expect(sign(bytes("{}"), SECRET)).toMatch(/^[A-Za-z0-9+/]{43}=$/);
});

test("a text is signed as its UTF-8 bytes", () => {
  const text = '{"name":"café ☕ 😀"}';
  expect(sign(text, SECRET)).toBe(sign(bytes(text), SECRET));
});

test("the key is the secret's UTF-8, prefix included", () => {
  const secret = "sec_schlüssel";
  expect(sign("x", secret)).toBe(computeMac(bytes("x"), createHmacKey(bytes(secret))));
  expect(sign("x", secret)).not.toBe(sign("x", "schlüssel"));
});

test("a view into a larger buffer is signed by its own bytes alone", () => {
  const large = bytes("before{}after");
  expect(sign(large.subarray(6, 8), SECRET)).toBe(sign("{}", SECRET));
});

test("an empty secret is rejected", () => {
  expect(catchHeronError(() => sign("x", "")).code).toBe("secret_invalid");
});
