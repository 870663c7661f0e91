import { describe, expect, test } from "vitest";
import { compileTemplate } from "../../src/templates/compile.ts";
import { catchHeronError } from "../test-receiver.ts";
import { render, SCOPE, text } from "./event.ts";

describe("a string that is one placeholder keeps the value's type", () => {
  test.each([
    ["data.amount", "12.5"],
    ["data.paid", "true"],
    ["data.none", "null"],
    ["data.empty", '""'],
    ["data.name", '"Ann \\"A\\" Lee\\n"'],
    ["data.lines", '[{"sku":"a"},{"sku":"b"}]'],
    ["data.owner", '{"name":"Bo"}'],
  ])("{{ %s }} is %s", (path, json) => {
    expect(text(`{{ ${path} }}`)).toBe(json);
    expect(text({ a: [`{{ ${path} }}`] })).toBe(`{"a":[${json}]}`);
  });
});

describe("inside other text a value becomes text", () => {
  test.each([
    ["data.amount", "12.5"],
    ["data.paid", "true"],
    ["data.none", ""],
    ["data.absent", ""],
    ["data.empty", ""],
    ["data.name", 'Ann "A" Lee\n'],
    ["data.lines", '[{"sku":"a"},{"sku":"b"}]'],
    ["data.owner", '{"name":"Bo"}'],
  ])("{{ %s }}", (path, value) => {
    expect(render(`<{{ ${path} }}>`)).toBe(`<${value}>`);
    expect(render(`{{ ${path} }} `)).toBe(`${value} `);
    expect(render(`{{ ${path} }}{{ ${path} }}`)).toBe(value + value);
  });
});

test("the rest of the template stays as it is, its order too", () => {
  const json = { b: 1, a: [true, null, "x", { "{{ topic }}": -0.5 }], "": {}, c: [] };
  expect(text(json)).toBe('{"b":1,"a":[true,null,"x",{"{{ topic }}":-0.5}],"":{},"c":[]}');
});

test.each([
  [1, "1"],
  [null, "null"],
  [true, "true"],
  ["plain", '"plain"'],
  [[], "[]"],
  ["{{ topic }}", '"invoice.paid"'],
])("any JSON is a template: %j", (json, expected) => {
  expect(text(json)).toBe(expected);
});

test("toJSON may be a key, as any other", () => {
  expect(text(JSON.parse('{"toJSON":"{{ topic }}"}'))).toBe('{"toJSON":"invoice.paid"}');
});

test("a compiled template keeps nothing of what it rendered, and is deaf to later changes of its JSON", () => {
  const json = { a: "{{ data }}" };
  const template = compileTemplate(json);
  json.a = "changed";
  expect(template.renderText({ data: 1 })).toBe('{"a":1}');
  expect(template.renderText({ data: 2 })).toBe('{"a":2}');
  expect(template.renderText({})).toBe('{"a":null}');
});

test("other roots may be named instead of those there are", () => {
  expect(render("{{ run.url }}", { roots: ["run"] }, { run: { url: "u" } })).toBe("u");
  expect(catchHeronError(() => render("{{ topic }}", { roots: ["run"] })).code).toBe("template_invalid");
});

describe("keys that lead to prototypes are keys", () => {
  const scope = { data: JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":2}}') };

  test("in a template", () => {
    const json: unknown = JSON.parse('{"__proto__":{"polluted":"{{ topic }}"},"constructor":"{{ topic }}"}');
    const value = render(json) as object;
    expect(JSON.stringify(value)).toBe(
      '{"__proto__":{"polluted":"invoice.paid"},"constructor":"invoice.paid"}',
    );
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in value).toBe(false);
  });

  test("in a scope and in a path", () => {
    expect(text("{{ data }}", {}, scope)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":2}}');
    expect(text("{{ data.__proto__.polluted }}", {}, scope)).toBe("1");
    expect(text('{{ data["constructor"].prototype }}', {}, scope)).toBe("2");
    expect(text("{{ data.__proto__ }}", {}, { data: {} })).toBe("null");
    expect(text("{{ data.constructor.prototype }}", {}, { data: {} })).toBe("null");
  });

  test("left out, in a template that omits", () => {
    const json: unknown = JSON.parse('{"__proto__":"{{ data.absent }}","a":1}');
    expect(text(json, { missing: "omit" })).toBe('{"a":1}');
  });
});

describe("values that JSON has not", () => {
  test.each([
    ["a date", new Date(0), '"1970-01-01T00:00:00.000Z"', "1970-01-01T00:00:00.000Z"],
    ["NaN, null in JSON", Number.NaN, "null", ""],
    ["a date that is none, null in JSON", new Date(Number.NaN), "null", ""],
    ["undefined, missing", undefined, "null", ""],
    ["a function, missing", () => 1, "null", ""],
    ["a symbol, missing", Symbol("s"), "null", ""],
  ])("%s", (_, data, json, inside) => {
    expect(text("{{ data }}", {}, { data })).toBe(json);
    expect(render("<{{ data }}>", {}, { data })).toBe(`<${inside}>`);
    const orElse = json === "null" ? "else" : inside;
    expect(render('{{ data ?? "else" }}', {}, { data })).toBe(orElse);
    expect(render('<{{ data ?? "else" }}>', {}, { data })).toBe(`<${orElse}>`);
  });

  const circle: Record<string, unknown> = {};
  circle["self"] = circle;

  test.each([
    ["a circle", circle],
    ["a bigint", 1n],
    ["a list with a bigint", [1n]],
  ])("%s is invalid_event, saying which placeholder read it", (_, data) => {
    for (const [json, options] of [
      ["{{ data }}", {}],
      ["<{{ data }}>", {}],
      [{ a: "{{ data }}" }, { profile: "heap" }],
    ] as const) {
      const { code, message, cause } = catchHeronError(() => text(json, options, { data }));
      expect([code, message]).toEqual(["invalid_event", "The value of data cannot be written as JSON."]);
      expect(cause).toBeInstanceOf(TypeError);
    }
  });
});

test.each([0, 1, 45, 46, 47, 48, 100])(
  "each character is written as JSON writes it, among %i others",
  (length) => {
    const rest = "x".repeat(length);
    const template = compileTemplate("<{{ data }}>");
    for (let unit = 0; unit <= 0xffff; unit++) {
      const data = String.fromCharCode(unit) + rest;
      if (template.renderText({ data }) !== JSON.stringify(`<${data}>`))
        expect.fail(`U+${unit.toString(16)}`);
    }
    expect(text('"\\\n\u2028')).toBe(JSON.stringify('"\\\n\u2028'));
  },
);

test("half a surrogate pair is escaped, so that the text stays well-formed UTF-8", () => {
  const scope = { data: { high: "\ud83d", low: "\ude00" } };
  expect(text("{{ data.high }}", {}, scope)).toBe('"\\ud83d"');
  expect(render("{{ data.high }}{{ data.low }}", {}, scope)).toBe("😀");
  expect(text("\ud83d{{ data.low }}", {}, scope)).toBe('"\\ud83d\\ude00"');
});

test("scope is only read: its own properties, nothing it inherits", () => {
  const scope = Object.assign(Object.create({ topic: "inherited" }), { data: Object.create({ a: 1 }) });
  expect(render(["{{ topic }}", "{{ data.a }}"], {}, scope)).toEqual([null, null]);
  expect(render("{{ topic }}", {}, Object.assign(Object.create(null), SCOPE))).toBe("invoice.paid");
});
