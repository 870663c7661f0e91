import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { getEncodings } from "../src/encodings.ts";
import { getMaskEncodings } from "./runner/masking.ts";

const special = fc.constantFrom(..."+/=&<>\"' \\%?#:@~!()*\u00e9\u20ac😀-_.");
const secret = fc
  .array(fc.oneof({ weight: 2, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 4 }) }, special), {
    minLength: 12,
    maxLength: 40,
  })
  .map((parts) => parts.join("").trim())
  .filter((text) => text.length >= 12);

function isFound(text: string, spellings: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return spellings.some((spelling) => lower.includes(spelling.toLowerCase()));
}

test("a secret is found in each of its spellings, but for what command lines make of it", () => {
  fc.assert(
    fc.property(secret, (text) => {
      const spellings = getEncodings(text);
      const onCommandLines = [text.replaceAll("'", "''"), text.replaceAll('"', '\\"')];
      for (const encoding of getMaskEncodings(text))
        if (!text.includes(encoding) && !onCommandLines.includes(encoding))
          expect([encoding, isFound(encoding, spellings)]).toEqual([encoding, true]);
    }),
    getRuns(100),
  );
});

test("a secret is found in the base64 of what stands before and behind it", () => {
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
      const bytes = Buffer.from(`${before}${text}${after}`);
      expect(isFound(bytes.toString("base64"), getEncodings(text))).toBe(true);
      expect(isFound(bytes.toString("base64url"), getEncodings(text))).toBe(true);
    }),
    getRuns(100),
  );
});

test("what is no spelling of it stays", () => {
  const text = "a secret1 b sec-ret c c2VjcmV d &amp; +++ %20 e";
  expect(isFound(text, getEncodings("secret-of-mine"))).toBe(false);
  expect(isFound(text, getEncodings("abcd"))).toBe(false);
});
