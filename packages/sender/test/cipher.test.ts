import { randomBytes } from "node:crypto";
import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSecretCipher } from "../src/secrets/cipher.ts";

const [one, two] = [randomBytes(32), randomBytes(32)];
const unavailable: unknown = expect.objectContaining({ name: "HeronError", code: "secret_unavailable" });
const invalid: unknown = expect.objectContaining({ name: "HeronError", code: "option_invalid" });

describe("for any text and context", () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constant("x".repeat(100_000)));
  const place = fc.string();

  test("decrypts in its context", () => {
    const cipher = createSecretCipher(one);
    fc.assert(
      fc.property(text, place, (kept, where) => {
        expect(cipher.decrypt(cipher.encrypt(kept, where), where)).toBe(kept);
      }),
      getRuns(100),
    );
  });

  test("does not decrypt in another context", () => {
    const cipher = createSecretCipher(one);
    fc.assert(
      fc.property(text, place, place, (kept, where, elsewhere) => {
        fc.pre(where !== elsewhere);
        const encrypted = cipher.encrypt(kept, where);
        expect(() => cipher.decrypt(encrypted, elsewhere)).toThrow(unavailable as Error);
      }),
      getRuns(100),
    );
  });

  test("encrypting twice gives different ciphertexts without the text", () => {
    const cipher = createSecretCipher(one);
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), place, (kept, where) => {
        const ciphertexts = Array.from({ length: 8 }, () => cipher.encrypt(kept, where));
        expect(new Set(ciphertexts).size).toBe(8);
        expect(ciphertexts.filter((encrypted) => encrypted.includes(kept))).toEqual([]);
      }),
      getRuns(100),
    );
  });

  test("modified or truncated ciphertext does not decrypt", () => {
    const cipher = createSecretCipher(one);
    fc.assert(
      fc.property(text, place, fc.nat(), fc.integer({ min: 1, max: 255 }), (kept, where, at, change) => {
        const encrypted = cipher.encrypt(kept, where);
        const [, , id, data = ""] = encrypted.split(":");
        const bytes = Buffer.from(data, "base64url");
        const other = Buffer.from(bytes);
        other[at % other.length] = (other[at % other.length] as number) ^ change;
        for (const broken of [other, bytes.subarray(0, at % bytes.length)])
          expect(() => cipher.decrypt(`encrypted:v1:${id}:${broken.toString("base64url")}`, where)).toThrow(
            unavailable as Error,
          );
      }),
      getRuns(100),
    );
  });

  test("without a key text is stored in plain", () => {
    const cipher = createSecretCipher(undefined);
    fc.assert(
      fc.property(text, place, (kept, where) => {
        expect([cipher.encrypt(kept, where), cipher.decrypt(kept, where)]).toEqual([kept, kept]);
      }),
      getRuns(100),
    );
  });
});

test("a key has 32 bytes, in any encoding", () => {
  const spellings = [one, new Uint8Array(one), one.toString("hex"), one.toString("base64"), [one]];
  const encrypted = createSecretCipher(one).encrypt("text", "here");
  for (const key of [...spellings, one.toString("base64url"), one.toString("hex").toUpperCase()])
    expect(createSecretCipher(key).decrypt(encrypted, "here")).toBe("text");
});

test.each([
  ["too few bytes", randomBytes(31)],
  ["too many", randomBytes(33)],
  ["empty text", ""],
  ["a password", "correct horse battery staple"],
  ["63 digits of hex", "a".repeat(63)],
  ["a bad one among good ones", [randomBytes(32), "short"]],
  ["no key in a list", []],
  ["a number", 32],
  ["null", null],
  ["a list of numbers", Array.from({ length: 32 }, () => 1)],
])("%s is rejected as a key", (_, key) => {
  expect(() => createSecretCipher(key as string)).toThrow(invalid as Error);
});

test("with several keys the first encrypts, and each decrypts its own", () => {
  const old = createSecretCipher(one).encrypt("old", "here");
  const both = createSecretCipher([two, one]);
  expect(both.decrypt(old, "here")).toBe("old");
  const fresh = both.encrypt("new", "here");
  expect(createSecretCipher(two).decrypt(fresh, "here")).toBe("new");
  expect(() => createSecretCipher(one).decrypt(fresh, "here")).toThrow(unavailable as Error);
  expect([both.isCurrent(old), both.isCurrent(fresh), both.isCurrent("plain")]).toEqual([false, true, false]);
});

test("plain text from before there was a key is returned, and is not current", () => {
  const cipher = createSecretCipher(one);
  expect(cipher.decrypt("plain", "here")).toBe("plain");
  expect(createSecretCipher(undefined).isCurrent("plain")).toBe(true);
  expect(createSecretCipher(undefined).isCurrent(cipher.encrypt("plain", "here"))).toBe(false);
});

test("without the key nothing decrypts, and plain text with the prefix is rejected", () => {
  const encrypted = createSecretCipher(one).encrypt("text", "here");
  expect(() => createSecretCipher(undefined).decrypt(encrypted, "here")).toThrow(unavailable as Error);
  expect(() => createSecretCipher(undefined).encrypt(encrypted, "here")).toThrow(invalid as Error);
  expect(createSecretCipher(one).decrypt(createSecretCipher(one).encrypt(encrypted, "here"), "here")).toBe(
    encrypted,
  );
});

test("neither ciphertext nor errors contain the key or the text", () => {
  const encrypted = createSecretCipher(one).encrypt("hunter2", "here");
  expect(encrypted).toMatch(/^encrypted:v1:[0-9a-f]{8}:[\w-]+$/);
  const messages = [createSecretCipher(two), createSecretCipher(undefined)].map((cipher) => {
    try {
      return cipher.decrypt(encrypted, "here");
    } catch (error) {
      return String(error);
    }
  });
  for (const message of messages) expect(message).not.toMatch(new RegExp(`hunter2|${one.toString("hex")}`));
});
