import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { parseJsonWithoutPrototypes } from "../src/json.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

/** A word in JSON with these of its letters written as escapes, in upper or lower case. */
function escapeWord(word: string, escaped: (i: number) => "no" | "lower" | "upper"): string {
  const letters = [...word].map((letter, i) => {
    const hex = letter.charCodeAt(0).toString(16).padStart(4, "0");
    const how = escaped(i);
    return how === "no" ? letter : `\\u${how === "lower" ? hex : hex.toUpperCase()}`;
  });
  return `"${letters.join("")}"`;
}

const PROTO = "__proto__";

describe("__proto__ is left out", () => {
  test("at the top, and Object.prototype is untouched", () => {
    const value = parseJsonWithoutPrototypes('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.keys(value as object)).toEqual(["a"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Reflect.get({}, "polluted")).toBe(undefined);
    expect(Reflect.get(Object.assign({}, value), "polluted")).toBe(undefined);
  });

  test.each([
    ["in an object", '{"a":{"b":{"__proto__":{},"c":1}}}', { a: { b: { c: 1 } } }],
    ["in a list", '[[1,{"__proto__":[]}],{"__proto__":null}]', [[1, {}], {}]],
    ["in what it does not hold an object for", '{"__proto__":5,"a":"x"}', { a: "x" }],
    ["beside itself", '{"__proto__":1,"__proto__":{"a":1},"b":2}', { b: 2 }],
    [
      "within what stays of a constructor",
      '{"constructor":{"__proto__":{},"name":"x"}}',
      { constructor: { name: "x" } },
    ],
    [
      "behind null and text",
      '{"a":null,"b":"__proto__","c":{"__proto__":1}}',
      { a: null, b: "__proto__", c: {} },
    ],
  ])("%s", (_, text, expected) => {
    const value = parseJsonWithoutPrototypes(text);
    expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
  });

  test("in every one of its 512 spellings with escapes", () => {
    for (let mask = 0; mask < 2 ** PROTO.length; mask++) {
      for (const how of ["lower", "upper"] as const) {
        const key = escapeWord(PROTO, (i) => (((mask >> i) & 1) === 1 ? how : "no"));
        const value = parseJsonWithoutPrototypes(`{"a":{${key}:{"x":1},"b":1}}`) as { readonly a: object };
        expect(Object.getOwnPropertyNames(value.a)).toEqual(["b"]);
      }
    }
  });
});

describe("constructor is left out where it holds a prototype", () => {
  const word = "constructor";

  test("in any spelling with escapes", () => {
    const how = fc.constantFrom("no", "lower", "upper");
    fc.assert(
      fc.property(fc.array(how, { minLength: 11, maxLength: 11 }), (choices) => {
        const key = escapeWord(word, (i) => choices[i] ?? "no");
        const value = parseJsonWithoutPrototypes(
          `[{${key}:{"prototype":{"x":1}},"b":1}]`,
        ) as readonly object[];
        expect(Object.getOwnPropertyNames(value[0])).toEqual(["b"]);
      }),
      getRuns(1000),
    );
  });

  test("even if the prototype is written with escapes, or is null", () => {
    expect(parseJsonWithoutPrototypes('{"constructor":{"prot\\u006ftype":{}}}')).toEqual({});
    expect(Object.keys(parseJsonWithoutPrototypes('{"constructor":{"prototype":null}}') as object)).toEqual(
      [],
    );
  });

  test.each([
    '{"constructor":"Ferrari"}',
    '{"constructor":null}',
    '{"constructor":{"name":"x"}}',
    '{"prototype":{"a":1}}',
    '{"constructor":["prototype"]}',
  ])("and not otherwise: %s", (text) => {
    expect(JSON.stringify(parseJsonWithoutPrototypes(text))).toBe(text);
  });
});

test("a value without such keys is what JSON.parse makes of it", () => {
  // No backslash: V8 may take an escaped key for one that holds it (https://github.com/nodejs/node/issues/63785).
  fc.assert(
    fc.property(fc.json({ stringUnit: fc.constantFrom(...'aé☕😀"\n\u007f\u2028\ud800_') }), (text) => {
      fc.pre(!/__proto__|constructor/.test(text));
      expect(parseJsonWithoutPrototypes(text)).toStrictEqual(JSON.parse(text));
    }),
    getRuns(500),
  );
});

test("only these keys are left out of a value that has them", () => {
  const key = fc.constantFrom(
    "a",
    "b",
    "prototype",
    "constructor",
    "toString",
    "__proto__",
    "proto",
    "__PROTO__",
  );
  const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, null, "__proto__", "constructor"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc
        .array(fc.tuple(key, tie("value")), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries) as object),
    ),
  })).value;
  fc.assert(
    fc.property(anyValue, (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseJsonWithoutPrototypes(text))).toBe(
        JSON.stringify(removePrototypes(JSON.parse(text))),
      );
    }),
    getRuns(1000),
  );
});

/** The rule again, by recursion and by copying. */
function removePrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(removePrototypes);
  if (typeof value !== "object" || value === null) return value;
  const holdsPrototype = (held: unknown): boolean =>
    typeof held === "object" && held !== null && Object.getOwnPropertyNames(held).includes("prototype");
  const entries = Object.entries(value).filter(
    ([key, held]) => key !== "__proto__" && !(key === "constructor" && holdsPrototype(held)),
  );
  return Object.fromEntries(entries.map(([key, held]) => [key, removePrototypes(held)]));
}

test("100,000 levels deep, nothing overflows and the key at the bottom is left out", () => {
  const depth = 100_000;
  const text = `${'{"a":'.repeat(depth)}{"__proto__":{"x":1},"b":1}${"}".repeat(depth)}`;
  let value = parseJsonWithoutPrototypes(text) as { readonly a?: object };
  for (let i = 0; i < depth; i++) value = value.a as typeof value;
  expect(Object.getOwnPropertyNames(value)).toEqual(["b"]);
});

test("what is not JSON is a SyntaxError", () => {
  expect(() => parseJsonWithoutPrototypes('{"__proto__":')).toThrow(SyntaxError);
});
