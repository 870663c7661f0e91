import { describe, expect, test } from "vitest";
import { compileTemplate, validateTemplate } from "../../src/templates/compile.ts";
import type { TemplateOptions } from "../../src/templates/options.ts";
import { catchHeronError } from "../test-receiver.ts";
import { render, SCOPE } from "./event.ts";

const HEAP: TemplateOptions = { profile: "heap" };

test("an object of constants, properties and one level of objects is one of Heap's", () => {
  const json = {
    text: "plain",
    literal: "{{{{ braces }}",
    number: 1,
    none: null,
    event: "{{ data.amount }}",
    user: '{{ user.plan ?? "free" }}',
    nested: { event: "{{ data.paid }}", constant: true },
  };
  expect(validateTemplate(json, HEAP)).toEqual([]);
  expect(render(json, HEAP)).toEqual({
    text: "plain",
    literal: "{{ braces }}",
    number: 1,
    none: null,
    event: 12.5,
    user: "pro",
    nested: { event: true, constant: true },
  });
});

describe("each of Heap's limits has words of its own", () => {
  const OBJECT = { expected: "an object, as in Heap", found: "another value" };
  const LIST = {
    expected: "no list: bodies of Heap have none, and a list read by a placeholder is joined with ||",
    found: "a list",
  };
  const DEEP = {
    expected: "at most one level of nesting, as in Heap",
    found: "a deeper object",
  };
  const MIXED = { expected: "plain text or one placeholder, as in Heap", found: "both" };

  test.each([
    ["text at the top", "text", "", OBJECT],
    ["a placeholder at the top", "{{ data }}", "", OBJECT],
    ["null at the top", null, "", OBJECT],
    ["a list at the top", [], "", LIST],
    ["a list", { a: [] }, "/a", LIST],
    ["a list in an object", { a: { b: ["x"] } }, "/a/b", LIST],
    ["an object in an object", { a: { b: {} } }, "/a/b", DEEP],
    ["text around a placeholder", { a: "<{{ data }}>" }, "/a", MIXED],
    ["two placeholders", { a: "{{ topic }}{{ id }}" }, "/a", MIXED],
    ["text behind a placeholder", { a: { b: "{{ topic }} " } }, "/a/b", MIXED],
  ])("%s", (_, json, pointer, fault) => {
    expect(validateTemplate(json, HEAP)).toEqual([{ pointer, offset: null, ...fault }]);
    expect(catchHeronError(() => compileTemplate(json, HEAP)).code).toBe("template_invalid");
  });

  test("and none of them without the profile", () => {
    expect(validateTemplate([{ a: { b: { c: ["<{{ data }}>"] } } }])).toEqual([]);
  });

  test("what is wrong with any template is wrong with one of Heap's", () => {
    expect(validateTemplate({ a: "{{ date }}", b: { c: "{{" }, d: 1n }, HEAP)).toMatchObject([
      { pointer: "/a", found: '"date"' },
      { pointer: "/b/c", offset: 2 },
      { pointer: "/d", found: "bigint" },
    ]);
  });
});

describe("a value that a placeholder reads becomes a scalar", () => {
  const heap = (data: unknown): unknown =>
    (render({ a: "{{ data }}" }, HEAP, { data }) as { readonly a: unknown }).a;

  test.each([
    ["a list of scalars is joined with ||", ["vanilla", 1.5, true, null], "vanilla||1.5||true||null"],
    ["a list of one", ["a"], "a"],
    ["an empty list", [], ""],
    ["a list in a list is JSON", [["a"], { b: 1 }], '["a"]||{"b":1}'],
    ["an object is JSON", { b: [1], c: { d: 2 } }, '{"b":[1],"c":{"d":2}}'],
    ["a date is its text, alone", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["and in a list", [new Date(0), "x"], "1970-01-01T00:00:00.000Z||x"],
    ["what JSON leaves out is nothing in a list", [undefined, "a"], "||a"],
    ["text stays", "a||b", "a||b"],
    ["a number stays", 1.5, 1.5],
    ["a boolean stays", false, false],
    ["null stays", null, null],
  ])("%s", (_, data, value) => {
    expect(heap(data)).toBe(value);
  });

  test("joined it is at most 1,024 characters, and no surrogate pair is parted", () => {
    expect(heap(["x".repeat(1000), "y".repeat(22)])).toBe(`${"x".repeat(1000)}||${"y".repeat(22)}`);
    expect(heap(["x".repeat(1000), "y".repeat(23)])).toBe(`${"x".repeat(1000)}||${"y".repeat(22)}`);
    expect(heap([`${"x".repeat(1022)}😀`])).toBe(`${"x".repeat(1022)}😀`);
    expect(heap([`${"x".repeat(1023)}😀`])).toBe("x".repeat(1023));
    expect(heap("x".repeat(2000))).toHaveLength(2000);
  });

  test("a default is one too", () => {
    expect(render({ a: '{{ data.absent ?? ["a", 1] }}' }, HEAP)).toEqual({ a: "a||1" });
    expect(render({ a: '{{ data.absent ?? {"b": 1} }}' }, HEAP)).toEqual({ a: '{"b":1}' });
    expect(render({ a: "{{ data.absent ?? null }}" }, HEAP)).toEqual({ a: null });
    expect(render({ a: '{{ data.none ?? "d" }}' }, HEAP)).toEqual({ a: "d" });
  });

  test("what is missing is as in any template", () => {
    const json = { a: "{{ data.absent }}", b: 1 };
    expect(render(json, HEAP)).toEqual({ a: null, b: 1 });
    expect(render(json, { ...HEAP, missing: "omit" })).toEqual({ b: 1 });
    expect(catchHeronError(() => render(json, { ...HEAP, missing: "error" })).code).toBe("template_missing");
    expect(render({ a: "{{ data.lines }}" }, HEAP, SCOPE)).toEqual({ a: '{"sku":"a"}||{"sku":"b"}' });
  });
});
