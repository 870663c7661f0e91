import { describe, expect, test } from "vitest";
import { writeAlternateForms } from "../../src/signature/body-forms.ts";
import { bytes } from "../test-receiver.ts";
import { collectForms } from "./collect-forms.ts";

const KIB = 1024;

/** The other forms as texts, by name. */
function getForms(body: string): Record<string, string> {
  return Object.fromEntries(collectForms(bytes(body)).map(({ form, text }) => [form, text.toString()]));
}

/** The same by another way: string by string, and character by character. */
function getExpectedForms(body: string): Record<string, string> {
  const compact = body.replaceAll(/"(?:[^"\\]|\\[\s\S])*"|[ \t\r\n]/g, (found) =>
    found.startsWith('"') ? found : "",
  );
  const ascii = compact.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return {
    ...(compact === body ? {} : { compact }),
    ...(ascii === compact ? {} : { "compact-ascii": ascii }),
  };
}

describe("a large body is worked through in pieces, and nothing shows of where they meet", () => {
  const around = Array.from({ length: 16 }, (_, i) => i - 10);

  test.each([
    ["an escaped quote", 'a\\" b'],
    ["escaped backslashes", 'a\\\\\\\\" , "b'],
    ["the end of a string", 'a" , "b'],
    ["an empty string", 'a" , "" , "b'],
    ["two bytes", "ééé"],
    ["three bytes", "€€€"],
    ["four bytes", "😀😀😀"],
    ["DEL", "\u007f\u007f\u007f"],
    ["white space inside", "a   \t b"],
    ["white space outside", 'a"  ,\r\n\t   "b'],
  ])("%s", (_, tricky) => {
    for (const boundary of [16 * KIB, 32 * KIB]) {
      for (const shift of around) {
        const begin = '[ "';
        const body = `${begin}${"x".repeat(boundary + shift - begin.length)}${tricky}é${"y ".repeat(20 * KIB)}"]`;
        expect(getForms(body)).toEqual(getExpectedForms(body));
      }
    }
  });

  test("all of it without white space or without escapes", () => {
    for (const body of [
      `"${"x".repeat(50 * KIB)}é"`,
      `"${"x".repeat(50 * KIB)}" `,
      `"${"é".repeat(20 * KIB)}"`,
    ])
      expect(getForms(body)).toEqual(getExpectedForms(body));
  });
});

describe("what refusing a body of 1 MiB may cost", () => {
  test.each([
    ["two bytes a character", "é".repeat(512 * KIB)],
    ["four bytes a character", "😀".repeat(256 * KIB)],
    ["three bytes a character", "€".repeat(340 * KIB)],
    ["a space for each", " é".repeat(340 * KIB)],
    ["DEL alone", "\u007f".repeat(KIB * KIB)],
    ["DEL and white space", " \u007f".repeat(512 * KIB)],
    ["DEL as its last quarter", "x".repeat(768 * KIB) + "\u007f".repeat(256 * KIB)],
    ["white space alone", " ".repeat(KIB * KIB)],
    ["a string that never ends", `"${"é".repeat(511 * KIB)}`],
  ])("each secret signs at most 3.5 MiB of spellings, the body included: %s", (_, text) => {
    const body = bytes(text);
    let signed = body.length;
    const count = (piece: Uint8Array): void => {
      signed += piece.length;
    };
    writeAlternateForms(body, count, count);
    expect(body.length).toBeGreaterThan(KIB * KIB * 0.95);
    expect(signed).toBeLessThanOrEqual(3.5 * KIB * KIB);
  });
});

test.each(["é", "€", "😀", "\u007f"])(
  "a body may be escapes alone up to 16 KiB, and not 1 MiB: %j",
  (char) => {
    const times = (length: number): string => char.repeat(Math.floor(length / bytes(char).length));
    const [small, large] = [times(16 * KIB), times(KIB * KIB)];
    expect(getForms(small)).toEqual(getExpectedForms(small));
    expect(getForms(large)).toEqual({});
    expect(getForms(` ${large}`)).toEqual({ compact: large });
  },
);

test("24,576 accents may be escapes, and not one more", () => {
  const text = "é".repeat(24_576);
  expect(getForms(text)).toEqual(getExpectedForms(text));
  expect(getForms(`${text}é`)).toEqual({});
});
