import { randomBytes } from "node:crypto";
import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSecretCipher } from "../src/secrets/cipher.ts";

const [one, two] = [randomBytes(32), randomBytes(32)];
const unavailable: unknown = expect.objectContaining({ name: "HeronError", code: "secret_unavailable" });
const invalid: unknown = expect.objectContaining({ name: "HeronError", code: "option_invalid" });

describe("for any text and any place", () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constant("x".repeat(100_000)));
  const place = fc.string();

  test("what was sealed opens again, in its place", () => {
    const seal = createSecretCipher(one);
    fc.assert(
      fc.property(text, place, (kept, where) => {
        expect(seal.decrypt(seal.encrypt(kept, where), where)).toBe(kept);
      }),
      getRuns(100),
    );
  });

  test("what was sealed opens in no other place", () => {
    const seal = createSecretCipher(one);
    fc.assert(
      fc.property(text, place, place, (kept, where, elsewhere) => {
        fc.pre(where !== elsewhere);
        const sealed = seal.encrypt(kept, where);
        expect(() => seal.decrypt(sealed, elsewhere)).toThrow(unavailable as Error);
      }),
      getRuns(100),
    );
  });

  test("the same text is never sealed the same twice, and shows nothing of itself", () => {
    const seal = createSecretCipher(one);
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), place, (kept, where) => {
        const sealings = Array.from({ length: 8 }, () => seal.encrypt(kept, where));
        expect(new Set(sealings).size).toBe(8);
        expect(sealings.filter((sealed) => sealed.includes(kept))).toEqual([]);
      }),
      getRuns(100),
    );
  });

  test("what has been tampered with, or cut short, does not open", () => {
    const seal = createSecretCipher(one);
    fc.assert(
      fc.property(text, place, fc.nat(), fc.integer({ min: 1, max: 255 }), (kept, where, at, change) => {
        const sealed = seal.encrypt(kept, where);
        const [, , id, data = ""] = sealed.split(":");
        const bytes = Buffer.from(data, "base64url");
        const other = Buffer.from(bytes);
        other[at % other.length] = (other[at % other.length] as number) ^ change;
        for (const broken of [other, bytes.subarray(0, at % bytes.length)])
          expect(() => seal.decrypt(`encrypted:v1:${id}:${broken.toString("base64url")}`, where)).toThrow(
            unavailable as Error,
          );
      }),
      getRuns(100),
    );
  });

  test("without a key text is kept as it is", () => {
    const seal = createSecretCipher(undefined);
    fc.assert(
      fc.property(text, place, (kept, where) => {
        expect([seal.encrypt(kept, where), seal.decrypt(kept, where)]).toEqual([kept, kept]);
      }),
      getRuns(100),
    );
  });
});

test("a key is 32 bytes, however it is written", () => {
  const spellings = [one, new Uint8Array(one), one.toString("hex"), one.toString("base64"), [one]];
  const sealed = createSecretCipher(one).encrypt("text", "here");
  for (const key of [...spellings, one.toString("base64url"), one.toString("hex").toUpperCase()])
    expect(createSecretCipher(key).decrypt(sealed, "here")).toBe("text");
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
])("%s is no key", (_, key) => {
  expect(() => createSecretCipher(key as string)).toThrow(invalid as Error);
});

test("with several keys the first seals, and each opens what it had sealed", () => {
  const old = createSecretCipher(one).encrypt("old", "here");
  const both = createSecretCipher([two, one]);
  expect(both.decrypt(old, "here")).toBe("old");
  const fresh = both.encrypt("new", "here");
  expect(createSecretCipher(two).decrypt(fresh, "here")).toBe("new");
  expect(() => createSecretCipher(one).decrypt(fresh, "here")).toThrow(unavailable as Error);
  expect([both.isCurrent(old), both.isCurrent(fresh), both.isCurrent("plain")]).toEqual([false, true, false]);
});

test("what was kept before there was a key opens, and is not current", () => {
  const seal = createSecretCipher(one);
  expect(seal.decrypt("plain", "here")).toBe("plain");
  expect(createSecretCipher(undefined).isCurrent("plain")).toBe(true);
  expect(createSecretCipher(undefined).isCurrent(seal.encrypt("plain", "here"))).toBe(false);
});

test("without the key what is sealed does not open, and nothing may pose as sealed", () => {
  const sealed = createSecretCipher(one).encrypt("text", "here");
  expect(() => createSecretCipher(undefined).decrypt(sealed, "here")).toThrow(unavailable as Error);
  expect(() => createSecretCipher(undefined).encrypt(sealed, "here")).toThrow(invalid as Error);
  expect(createSecretCipher(one).decrypt(createSecretCipher(one).encrypt(sealed, "here"), "here")).toBe(
    sealed,
  );
});

test("neither the key nor the text stands in what is sealed or said", () => {
  const sealed = createSecretCipher(one).encrypt("hunter2", "here");
  expect(sealed).toMatch(/^encrypted:v1:[0-9a-f]{8}:[\w-]+$/);
  const told = [createSecretCipher(two), createSecretCipher(undefined)].map((seal) => {
    try {
      return seal.decrypt(sealed, "here");
    } catch (error) {
      return String(error);
    }
  });
  for (const message of told) expect(message).not.toMatch(new RegExp(`hunter2|${one.toString("hex")}`));
});
