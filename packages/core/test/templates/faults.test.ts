import { describe, expect, test } from "vitest";
import { compileTemplate, validateTemplate } from "../../src/templates/compile.ts";
import { catchHeronError } from "../test-receiver.ts";

describe("a fault has its place as a JSON Pointer", () => {
  test.each([
    ["at the top", "{{ }}", ""],
    ["under a key", { a: "{{ }}" }, "/a"],
    ["in a list", ["ok", "{{ }}"], "/1"],
    ["deeper", { a: [{ b: "{{ }}" }] }, "/a/0/b"],
    ["under an empty key", { "": "{{ }}" }, "/"],
    ["~ is ~0 and / is ~1", { "a/b~c~1": "{{ }}" }, "/a~1b~0c~01"],
    ["any other key as it is", { 'q"\\\n': "{{ }}" }, '/q"\\\n'],
  ])("%s", (_, json, pointer) => {
    expect(validateTemplate(json).map((fault) => fault.pointer)).toEqual([pointer]);
  });

  test("all of them, in order", () => {
    const json = { a: "{{ }}", b: ["{{ x }}", "{{ data }}", { c: 1n }] };
    expect(validateTemplate(json).map(({ pointer, offset }) => [pointer, offset])).toEqual([
      ["/a", 3],
      ["/b/0", 3],
      ["/b/2/c", null],
    ]);
  });

  test("and a template without any has none", () => {
    expect(validateTemplate({ a: "{{ data }}" })).toEqual([]);
  });
});

describe("compiling says it in words", () => {
  const message = (json: unknown): string => {
    const { code, message } = catchHeronError(() => compileTemplate(json));
    expect(code).toBe("template_invalid");
    return message;
  };

  test("the place, the character counted from 1, what was expected and what is there", () => {
    expect(message({ a: { b: "x {{ data - 1 }}" } })).toBe(
      'Invalid template: at /a/b, character 11: expected "}}", "??" and a default, or more of the path, found "- 1 }}".',
    );
    expect(message("{{")).toMatch(/^Invalid template: at the top, character 3: expected a path/);
    expect(message({ a: new Date(0) })).toBe("Invalid template: at /a: expected a JSON value, found Date.");
  });

  test("the first five of several", () => {
    expect(message(["{{", "{{"])).toMatch(/: at \/0, .* found the end of the text; at \/1, .* text\.$/);
    expect(message(Array(5).fill("{{"))).not.toMatch(/ more/);
    expect(message(Array(6).fill("{{"))).toMatch(/; at \/4, character 3: [^;]*; and 1 more\.$/);
    expect(message(Array(50).fill("{{"))).toMatch(/; and 45 more\.$/);
  });

  test("on one line, escaped and short, for any keys", () => {
    expect(message({ "a\n\u202eb": "{{" })).toMatch(/: at \/a\\n\\u202eb, character 3/);
    expect(message({ ["k".repeat(10_000)]: "{{" }).length).toBeLessThan(400);
  });
});

describe("what is not JSON is rejected by what it is", () => {
  test.each([
    [undefined, "undefined"],
    [() => 1, "function"],
    [Symbol("s"), "symbol"],
    [1n, "bigint"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [new Date(0), "Date"],
    [new Map(), "Map"],
    [/x/, "RegExp"],
    [Buffer.from("x"), "Uint8Array"],
    [Object("x"), "String"],
    [{ toJSON: () => "x" }, "Object"],
  ])("%s", (value, found) => {
    const expected = "a JSON value";
    expect(validateTemplate({ a: value })).toEqual([{ pointer: "/a", offset: null, expected, found }]);
    expect(validateTemplate([value])).toEqual([{ pointer: "/0", offset: null, expected, found }]);
    expect(validateTemplate(value)).toEqual([{ pointer: "", offset: null, expected, found }]);
  });

  test("a hole in a list too; an object without prototype is JSON", () => {
    expect(validateTemplate(Array(1))).toMatchObject([{ pointer: "/0", found: "undefined" }]);
    expect(validateTemplate(Object.create(null))).toEqual([]);
  });
});

describe("a path begins with a name that can be read", () => {
  test.each([
    ["{{ topics }}", 3, /^a path that begins with topic, [a-z, ]+ or webhook\.id$/, '"topics"'],
    ["x {{ x }}", 5, /^a path that begins with /, '"x"'],
    ["{{ date.amount }}", 3, /^a path that begins with data, /, '"date"'],
    ["a {{ data }} {{  Data }}", 17, /^a path that begins with data, /, '"Data"'],
    ["{{ __proto__ }}", 3, /^a path that begins with /, '"__proto__"'],
  ])("%s", (template, offset, expected, found) => {
    const [fault, ...more] = validateTemplate(template);
    expect(more).toEqual([]);
    expect(fault).toEqual({ pointer: "", offset, expected: expect.stringMatching(expected), found });
  });

  test("all are reported", () => {
    const [fault] = validateTemplate("{{ x }}");
    for (const root of ["topic", "created", "id", "data", "meta", "user", "webhook.id"])
      expect(fault?.expected).toMatch(new RegExp(`(?:^| )${root.replace(".", "\\.")}(?:,| or |$)`));
  });

  test("another root that was named is one", () => {
    expect(validateTemplate("{{ run.url }}", { roots: ["run"] })).toEqual([]);
    expect(validateTemplate("{{ topic }}", { roots: ["run"] })).toMatchObject([
      { expected: "a path that begins with run" },
    ]);
    expect(validateTemplate("{{ topic }}", { roots: [] })).toMatchObject([
      { expected: "a path that begins with nothing" },
    ]);
    expect(validateTemplate("{{ runs.url }}", { roots: ["go", "run"] })).toMatchObject([
      { expected: expect.stringMatching(/^a path that begins with run or go$/) },
    ]);
  });

  test.each(["webhook", "webhook.url", "webhook.id.more", 'webhook["secret"]', "webhook[0]"])(
    "of a webhook its id alone: not {{ %s }}",
    (path) => {
      expect(validateTemplate(`{{ ${path} }}`)).toEqual([
        {
          pointer: "",
          offset: 3,
          expected: "webhook.id, the only readable property",
          found: "another path",
        },
      ]);
    },
  );
});

describe("options", () => {
  test.each([
    [{ profile: "segment" }, 'profile must be "heap" or left out; it is "segment".'],
    [{ profile: null }, 'profile must be "heap" or left out; it is null.'],
    [{ missing: "ignore" }, 'missing must be "null", "omit" or "error"; it is "ignore".'],
    [{ missing: null }, 'missing must be "null", "omit" or "error"; it is null.'],
  ])("%j is option_invalid", (options, message) => {
    for (const read of [compileTemplate, validateTemplate]) {
      // @ts-expect-error what JavaScript may give
      const failure = catchHeronError(() => read({}, options));
      expect([failure.code, failure.message]).toEqual(["option_invalid", message]);
    }
  });

  test("left undefined they are as if not given", () => {
    expect(validateTemplate({}, { profile: undefined, missing: undefined, roots: undefined })).toEqual([]);
  });
});
