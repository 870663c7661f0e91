import { describe, expect, test } from "vitest";
import { bytes } from "../test-receiver.ts";
import { collectForms } from "./collect-forms.ts";

/** The other forms as texts, by name. */
function getForms(body: string | Uint8Array): Record<string, string> {
  const given = typeof body === "string" ? bytes(body) : body;
  return Object.fromEntries(collectForms(given).map(({ form, text }) => [form, text.toString()]));
}

describe("compact", () => {
  test.each([
    ["between tokens", '{ "a" : [ 1 , 2 ] }', '{"a":[1,2]}'],
    ["before and behind", ' \n{"a":1}\r\n', '{"a":1}'],
    ["of all four kinds", '{\t"a":\n1,\r"b": 2}', '{"a":1,"b":2}'],
    ["in long runs", `{"a":${" \n\t\r".repeat(50)}1}`, '{"a":1}'],
    ["alone", " \n ", ""],
    ["behind an escaped quote's string", '["\\"" , 1]', '["\\"",1]'],
    ["behind a string that ends in a backslash", '["\\\\" , " "]', '["\\\\"," "]'],
    ["behind an empty string", '["" , ""]', '["",""]'],
  ])("leaves out white space %s", (_, body, compact) => {
    expect(getForms(body)).toEqual({ compact });
  });

  test.each([
    ["inside strings", '{"a b":" c\\td "}'],
    ["inside a string behind an escaped quote", '["\\" "]'],
    ["inside a string behind an escaped backslash and quote", '["\\\\\\" "]'],
    ["inside a string that never ends", '{"a": "b c '.replace(": ", ":")],
    ["inside a string that ends in a lone backslash", '["a b \\'],
  ])("keeps white space %s", (_, body) => {
    expect(getForms(body)).toEqual({});
  });

  test("of a string that never ends, all that follows is its content", () => {
    expect(getForms('{ "a b')).toEqual({ compact: '{"a b' });
    expect(getForms('[ "a b \\')).toEqual({ compact: '["a b \\' });
    expect(getForms('[ "a b \\" ')).toEqual({ compact: '["a b \\" ' });
  });

  test.each(["\u00a0", "\u000b", "\u000c", "\u2003", "\u0000"])(
    "takes only JSON's four characters for white space, not %j",
    (other) => {
      expect(getForms(`[1,${other}2]`)).not.toHaveProperty("compact");
    },
  );

  test("does not change the body that it was made from", () => {
    const body = bytes('{ "a" : "é" }');
    const before = Uint8Array.from(body);
    expect(collectForms(body)).toHaveLength(2);
    expect(Uint8Array.from(body)).toEqual(before);
  });

  test("of a view into a larger buffer sees the view alone", () => {
    const large = bytes('"  { "a": 1 }  "');
    expect(getForms(large.subarray(1, large.length - 1))).toEqual({ compact: '{"a":1}' });
  });
});

describe("compact-ascii", () => {
  test.each([
    ["DEL", '"\u007f"', '"\\u007f"'],
    ["the last of ASCII before DEL stays", '"~\u007f"', '"~\\u007f"'],
    ["two bytes, first", '"\u0080"', '"\\u0080"'],
    ["two bytes", '"é"', '"\\u00e9"'],
    ["two bytes, last", '"\u07ff"', '"\\u07ff"'],
    ["three bytes, first", '"\u0800"', '"\\u0800"'],
    ["three bytes", '"☕"', '"\\u2615"'],
    ["three bytes, last", '"\uffff"', '"\\uffff"'],
    ["four bytes, first", '"\u{10000}"', '"\\ud800\\udc00"'],
    ["four bytes", '"😀"', '"\\ud83d\\ude00"'],
    ["four bytes, last", '"\u{10ffff}"', '"\\udbff\\udfff"'],
    ["every nibble, in lower case", '"\u{fabc}\u{1d5e9}"', '"\\ufabc\\ud835\\udde9"'],
    ["keys", '{"é":1}', '{"\\u00e9":1}'],
    ["next to escapes", '"\\n☕\\u00e9é"', '"\\n\\u2615\\u00e9\\u00e9"'],
  ])("escapes %s", (_, body, ascii) => {
    expect(getForms(body)).toEqual({ "compact-ascii": ascii });
  });

  test("is made of the compact form", () => {
    expect(getForms('{ "a" : "é " }')).toEqual({
      compact: '{"a":"é "}',
      "compact-ascii": '{"a":"\\u00e9 "}',
    });
  });

  test("control characters below DEL are no matter of this form", () => {
    expect(getForms('"\u0001\u001f"')).toEqual({});
  });
});

test("ASCII that is compact already has no other form", () => {
  expect(getForms('{"a":"b \\u00e9"}')).toEqual({});
  expect(getForms("")).toEqual({});
});

test.each([
  ["a lone byte", [0x22, 0xff, 0x22]],
  ["a cut character", [0x22, 0xe2, 0x98, 0x22]],
  ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
  ["a surrogate in three bytes", [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ["a byte over U+10FFFF", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
])("what is not UTF-8 has no other form, spaced or not: %s", (_, units) => {
  expect(getForms(Uint8Array.from(units))).toEqual({});
  expect(getForms(Uint8Array.from([0x20, ...units]))).toEqual({});
});
