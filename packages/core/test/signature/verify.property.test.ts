import { getRuns } from "@heron-webhooks/conformance/runs";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import type { BodyForm } from "../../src/signature/body-forms.ts";
import { sign } from "../../src/signature/sign.ts";
import { verify } from "../../src/signature/verify.ts";
import { bytes } from "../test-receiver.ts";

// Making 100,000 values one by one costs more than checking them: each run makes its own from one seed.
const CASES_PER_RUN = 100;
const RUNS = getRuns(1000);

/** Small whole numbers from a seed: the mulberry32 generator. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const PIECES = [
  '{"a":',
  "[",
  "]}",
  ' "é" ',
  '"\\u00e9"',
  "😀",
  "1.0e-7",
  ", ",
  '\\"',
  "null",
  "\u007f",
  "\n  ",
  "€",
  "x",
];

function createRandomBody(below: (limit: number) => number): Uint8Array {
  if (below(2) === 0) return Uint8Array.from({ length: below(100) }, () => below(256));
  return bytes(Array.from({ length: below(20) }, () => PIECES[below(PIECES.length)]).join(""));
}

/** ASCII, so that it stays a well-formed text when one of its bits is turned over. */
function createRandomSecret(below: (limit: number) => number): Uint8Array {
  return Uint8Array.from({ length: 1 + below(80) }, () => 0x21 + below(94));
}

function flipBit(original: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(original);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

const text = (of: Uint8Array): string => Buffer.from(of).toString("latin1");
const base64 = (of: Uint8Array): string => Buffer.from(of).toString("base64");

function getForm(body: Uint8Array, mac: Uint8Array, secret: Uint8Array): BodyForm | null {
  try {
    return verify(body, base64(mac), text(secret)).form;
  } catch (error) {
    if (HeronError.is(error, "signature_mismatch") || HeronError.is(error, "secret_invalid")) return null;
    throw error;
  }
}

function isAcceptedByNoble(body: Uint8Array, mac: Uint8Array, secret: Uint8Array): boolean {
  return Buffer.compare(hmac(sha256, secret, body), mac) === 0;
}

/** One bit of the body, the MAC or the secret turned over. */
function changeBody(
  below: (limit: number) => number,
  [body, mac, secret]: readonly [Uint8Array, Uint8Array, Uint8Array],
): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const which = below(3);
  if (which === 0 && body.length > 0) return [flipBit(body, below(body.length * 8)), mac, secret];
  // Bit 7 of a byte of the secret would make it a letter of two bytes.
  if (which === 1) return [body, mac, flipBit(secret, below(secret.length) * 8 + below(7))];
  return [body, flipBit(mac, below(256)), secret];
}

test("an independent HMAC and verify accept the same signatures, and refuse the same forgeries, many thousands of each", () => {
  let right = 0;
  let forged = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const below = createRandom(seed);
      let secret = createRandomSecret(below);
      for (let i = 0; i < CASES_PER_RUN / 2; i++) {
        const body = createRandomBody(below);
        if (i % 10 === 0) secret = createRandomSecret(below);
        const mac = hmac(sha256, secret, body);
        const signed = [body, mac, secret] as const;
        if (sign(body, text(secret)) !== base64(mac)) return false;
        if (getForm(...signed) !== "raw") return false;
        right++;
        const forgery = changeBody(below, signed);
        if (isAcceptedByNoble(...forgery) || getForm(...forgery) !== null) return false;
        forged++;
      }
      return true;
    }),
    RUNS,
  );
  expect(right).toBe((RUNS.numRuns * CASES_PER_RUN) / 2);
  expect(forged).toBe((RUNS.numRuns * CASES_PER_RUN) / 2);
}, 600_000);
