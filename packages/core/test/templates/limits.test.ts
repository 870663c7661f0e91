import { describe, expect, test } from "vitest";
import { compileTemplate, validateTemplate } from "../../src/templates/compile.ts";
import { catchHeronError } from "../test-receiver.ts";

const nested = (depth: number, inner: unknown, wrap: (value: unknown) => unknown): unknown =>
  depth === 0 ? inner : wrap(nested(depth - 1, inner, wrap));

describe.each([
  ["lists", (value: unknown) => [value], "/0"],
  ["objects", (value: unknown) => ({ a: value }), "/a"],
])("a template is at most 32 deep: %s", (_, wrap, step) => {
  test("32 is well, 33 is not", () => {
    expect(validateTemplate(nested(32, "{{ data }}", wrap))).toEqual([]);
    expect(validateTemplate(nested(33, "{{ data }}", wrap))).toEqual([
      { pointer: step.repeat(33), offset: null, expected: "at most 32 levels of nesting", found: "one more" },
    ]);
  });

  test("one that holds itself ends too", () => {
    const held: unknown[] = [];
    held.push(wrap(held), wrap(held));
    expect(validateTemplate(held).length).toBeGreaterThan(0);
    expect(validateTemplate(held).length).toBeLessThanOrEqual(100);
  });
});

describe("a template is at most 64 KiB", () => {
  const TOO_LONG = [{ pointer: "", offset: null, expected: "at most 64 KiB", found: "more" }];

  test.each([
    ["one string, its quotes counted", (length: number) => "x".repeat(length - 2)],
    ["keys count", (length: number) => ({ ["k".repeat(length - 4)]: 1 })],
    ["numbers, and what separates them", (length: number) => [1, "x".repeat(length - 5)]],
  ])("%s", (_, ofLength) => {
    expect(validateTemplate(ofLength(65_536))).toEqual([]);
    expect(validateTemplate(ofLength(65_537))).toEqual(TOO_LONG);
  });

  test("nothing behind is read any more", () => {
    expect(validateTemplate(["x".repeat(70_000), "{{", { a: "{{" }])).toEqual(TOO_LONG);
    expect(validateTemplate({ a: "x".repeat(70_000), b: "{{", c: 1n })).toEqual(TOO_LONG);
    expect(validateTemplate({ ["k".repeat(70_000)]: "x" })).toEqual(TOO_LONG);
    expect(validateTemplate(Array(100_000).fill([]))).toEqual(TOO_LONG);
  });

  test("a string that is too long is not cut up first", () => {
    expect(validateTemplate("{{ x }} ".repeat(10_000))).toEqual(TOO_LONG);
    expect(validateTemplate(`${"x".repeat(70_000)}{{`)).toEqual(TOO_LONG);
  });
});

describe("a template has at most 1,000 placeholders", () => {
  const TOO_MANY = { offset: null, expected: "at most 1000 placeholders", found: "more" };

  test("over all its strings", () => {
    expect(validateTemplate(Array(1000).fill("{{ id }}"))).toEqual([]);
    expect(validateTemplate(Array(1002).fill("{{ id }}"))).toEqual([{ pointer: "/1000", ...TOO_MANY }]);
  });

  test("in one string", () => {
    expect(validateTemplate("{{ id }}".repeat(1000))).toEqual([]);
    expect(validateTemplate(["{{ id }}".repeat(1002), "{{"])).toEqual([{ pointer: "/0", ...TOO_MANY }]);
  });
});

test("at most 100 faults are reported, also of one string", () => {
  expect(validateTemplate(Array(100).fill("{{"))).toHaveLength(100);
  expect(validateTemplate(Array(101).fill("{{"))).toHaveLength(100);
  expect(validateTemplate("{{ x }}".repeat(500))).toHaveLength(100);
});

describe("a rendered body is at most 256 KiB of UTF-8", () => {
  const LIMIT = 256 * 1024;
  const TOO_LARGE = [
    "event_too_large",
    "The template rendered to more than 256 KiB: read less of the event.",
  ];
  const failing = (json: unknown, data: unknown, options = {}): unknown[] => {
    const { code, message } = catchHeronError(() => compileTemplate(json, options).renderText({ data }));
    return [code, message];
  };

  test.each([
    ["ASCII", "x", 1],
    ["two bytes a character", "é", 2],
    ["three bytes a character", "€", 3],
    ["four bytes a pair", "😀", 4],
  ])("%s", (_, char, size) => {
    const times = Math.floor((LIMIT - 2) / size);
    const pad = "x".repeat((LIMIT - 2) % size);
    const template = compileTemplate("{{ data }}");
    const text = template.renderText({ data: pad + char.repeat(times) });
    expect(Buffer.byteLength(text)).toBe(LIMIT);
    expect(failing("{{ data }}", `${pad}x${char.repeat(times)}`)).toEqual(TOO_LARGE);
    expect(failing("<{{ data }}>", pad + char.repeat(times))).toEqual(TOO_LARGE);
  });

  test("what is escaped counts as it is written", () => {
    expect(failing("{{ data }}", "\u0001".repeat(50_000))).toEqual(TOO_LARGE);
    expect(failing("\u0001".repeat(60_000), null)).toEqual(TOO_LARGE);
  });

  test.each(["null", "omit"])("many readings of much are stopped early: missing %j", (missing) => {
    const data = "x".repeat(200_000);
    const reads = { n: 0 };
    const counting = {
      get toJSON(): () => string {
        reads.n++;
        return () => data;
      },
    };
    expect(failing(Array(1000).fill("{{ data }}"), counting, { missing })).toEqual(TOO_LARGE);
    expect(reads.n).toBeLessThan(5);
  });

  test("render is bounded as renderText is", () => {
    const template = compileTemplate("{{ data }}");
    expect(catchHeronError(() => template.render({ data: "x".repeat(LIMIT) })).code).toBe("event_too_large");
  });
});
