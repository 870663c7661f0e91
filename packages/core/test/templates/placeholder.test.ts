import { describe, expect, test } from "vitest";
import { validateTemplate } from "../../src/templates/compile.ts";
import { render, SCOPE } from "./event.ts";

describe("a path reads", () => {
  test.each([
    ["topic", "invoice.paid"],
    ["created", "2026-01-01T00:00:00+00:00"],
    ["id", "evt_1"],
    ["meta", { source: "api" }],
    ["meta.source", "api"],
    ["user.plan", "pro"],
    ["webhook.id", "wh_1"],
    ['webhook["id"]', "wh_1"],
    ["data.owner.name", "Bo"],
    ["data.line_2A", "second"],
    ['data["any key"]', "found"],
    ['data["owner"]["name"]', "Bo"],
    ['data["q\\"}}"]', "quoted"],
    ['data["\\u0061mount"]', 12.5],
    ['data[""]', "unnamed"],
    ["data.lines[1].sku", "b"],
    ['data.lines["1"].sku', "b"],
    ["data[0]", "zeroth"],
    ["data.lines[0]", { sku: "a" }],
  ])("{{ %s }}", (path, value) => {
    expect(render(`{{ ${path} }}`)).toEqual(value);
  });

  test.each(["{{data.amount}}", "{{  data.amount  }}", "{{\n\tdata.amount\r\n}}", "{{data.amount }}"])(
    "with any white space inside the braces: %j",
    (template) => {
      expect(render(template)).toBe(12.5);
    },
  );
});

describe("a path finds nothing", () => {
  test.each([
    ["a name that is not there", "data.absent"],
    ["below what is not there", "data.absent.more"],
    ["below text", "data.name.length"],
    ["below a number", "data.amount.toFixed"],
    ["below null", "data.none.more"],
    ["beyond a list's end", "data.lines[2]"],
    ["an index with a zero before it", "data.lines[01]"],
    ["what a prototype has", "data.toString"],
    ["a constructor", "data.constructor"],
    ["a prototype itself", "data.__proto__"],
    ["a method of lists", "data.lines.map"],
    ["a name in another case", "data.Amount"],
  ])("%s", (_, path) => {
    expect(render(`{{ ${path} }}`)).toBe(null);
    expect(render(`{{ ${path} ?? "default" }}`)).toBe("default");
    expect(render([`{{ ${path} }}`], { missing: "omit" })).toEqual([]);
  });
});

describe("a default", () => {
  test.each([
    ['"none"', "none"],
    ["0", 0],
    ["-1.5e3", -1500],
    ["true", true],
    ["false", false],
    ["null", null],
    ["[]", []],
    ["{}", {}],
    ['[1, {"a": [2]}]', [1, { a: [2] }]],
    ['"}}"', "}}"],
    ['{"a":{"b":"}}"}}', { a: { b: "}}" } }],
    ['"a\\"}} b"', 'a"}} b'],
    ['"\\\\"', "\\"],
    ['["]", "["]', ["]", "["]],
    ['"{{ data.amount }}"', "{{ data.amount }}"],
    ['"😀\\u00e9"', "😀é"],
    ['""', ""],
  ])("is any JSON: %s", (json, value) => {
    expect(render(`{{ data.absent ?? ${json} }}`)).toEqual(value);
    expect(render(`{{data.absent??${json}}}`)).toEqual(value);
  });

  test.each([
    ["missing", "data.absent", "default"],
    ["null", "data.none", "default"],
    ["an empty text", "data.empty", ""],
    ["zero", "data.zero", 0],
    ["false", "user.no", false],
  ])("stands in for missing and null and nothing else: %s", (_, path, value) => {
    const scope = { ...SCOPE, user: { no: false } };
    expect(render(`{{ ${path} ?? "default" }}`, {}, scope)).toBe(value);
    expect(render(`<{{ ${path} ?? "default" }}>`, {}, scope)).toBe(`<${value}>`);
  });

  test("inside text it is text, as a value is: null nothing, an object its JSON", () => {
    expect(
      render('a{{ data.absent ?? null }}b{{ data.absent ?? {"c": [1]} }}d{{ data.absent ?? "\\n" }}'),
    ).toBe('ab{"c":[1]}d\n');
  });

  test("may hold __proto__ as a key like any other", () => {
    const value = render('{{ data.absent ?? {"__proto__": {"x": 1}} }}') as object;
    expect(JSON.stringify(value)).toBe('{"__proto__":{"x":1}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe("literal braces", () => {
  test.each([
    ["{{{{", "{{"],
    ["{{{{ data.amount }}", "{{ data.amount }}"],
    ["a {{{{b}} c", "a {{b}} c"],
    ["{{{{{{{{", "{{{{"],
    ["{{{{{", "{{{"],
    ["{{{{{{ data.amount }}", "{{12.5"],
    ["{{ data.amount }}{{{{", "12.5{{"],
    ["}}", "}}"],
    ["{", "{"],
    ["{ {", "{ {"],
    ["}} {{ data.amount }} }}", "}} 12.5 }}"],
    ["{{ data.amount }}}", "12.5}"],
    ["{{ data.amount }}{{ data.paid }}", "12.5true"],
    ["", ""],
  ])("%s is %s", (template, value) => {
    expect(render(template)).toBe(value);
  });
});

describe("what is no placeholder is rejected where it stops being one", () => {
  const PATH = "a path such as data.amount";
  const MORE = '"}}", "??" and a default, or more of the path';
  const JSON_DEFAULT = 'a default that is JSON, such as "none", 0 or null';
  test.each([
    ["{{", 2, PATH, "the end of the text"],
    ["{{ }}", 3, PATH, '"}}"'],
    ["{{ 0 }}", 3, PATH, '"0 }}"'],
    ["{{{ data }}", 2, PATH, '"{ data }}"'],
    ["{{ .data }}", 3, PATH, '".data }}"'],
    ['{{ "data" }}', 3, PATH, '"\\"data\\" }}"'],
    ["{{ data", 7, MORE, "the end of the text"],
    ["{{ data }", 8, MORE, '"}"'],
    ["{{ data - 1 }}", 8, MORE, '"- 1 }}"'],
    ["{{ data | upper }}", 8, MORE, '"| upper }}"'],
    ["{{ data ? 1 }}", 8, MORE, '"? 1 }}"'],
    ["{{ data .a }}", 8, MORE, '".a }}"'],
    ["{{ data.é }}", 8, 'a name of letters, digits and _ (others as ["any key"])', '"é }}"'],
    ["{{ data. }}", 8, 'a name of letters, digits and _ (others as ["any key"])', '" }}"'],
    ["{{ data.0 }}", 8, 'a name of letters, digits and _ (others as ["any key"])', '"0 }}"'],
    ["{{ data[a] }}", 8, 'an index such as [0], or a key such as ["any key"]', '"a] }}"'],
    ["{{ data[-1] }}", 8, 'an index such as [0], or a key such as ["any key"]', '"-1] }}"'],
    ["{{ data['a'] }}", 8, 'an index such as [0], or a key such as ["any key"]', "\"'a'] }}\""],
    ["{{ data[] }}", 8, 'an index such as [0], or a key such as ["any key"]', '"] }}"'],
    ["{{ data[0 }}", 9, '"]"', '" }}"'],
    ['{{ data["a" }}', 11, '"]"', '" }}"'],
    ['{{ data["a }}', 8, "a string that ends with a double quote", '"\\"a }}"'],
    ['{{ data["\\x"] }}', 8, 'a key that is JSON, such as ["any key"]', '"\\"\\\\x\\"] }}"'],
    ["{{ data ?? }}", 11, JSON_DEFAULT, '"}}"'],
    ["{{ data ?? none }}", 11, JSON_DEFAULT, '"none }}"'],
    ["{{ data ?? 'none' }}", 11, JSON_DEFAULT, "\"'none' }}\""],
    ["{{ data ?? 01 }}", 11, JSON_DEFAULT, '"01 }}"'],
    ["{{ data ?? [1,] }}", 11, JSON_DEFAULT, '"[1,] }}"'],
    ["{{ data ?? [1} }}", 11, JSON_DEFAULT, '"[1} }}"'],
    ['{{ data ?? "a\nb" }}', 11, JSON_DEFAULT, '"\\"a\\nb\\" }}"'],
    ['{{ data ?? "a }}', 11, "a string that ends with a double quote", '"\\"a }}"'],
    ["{{ data ?? [1, 2", 16, "a closing bracket", "the end of the text"],
    ['{{ data ?? {"a": "}', 17, "a string that ends with a double quote", '"\\"}"'],
    ["{{ data ?? [1 }}", 11, JSON_DEFAULT, '"[1 }}"'],
    ["{{ data ?? 1 2 }}", 13, '"}}" after the default', '"2 }}"'],
    ["{{ data ?? 1 ?? 2 }}", 13, '"}}" after the default', '"?? 2 }}"'],
    ["{{ data ?? null", 15, '"}}" after the default', "the end of the text"],
    ["abc {{ data }} {{ }}", 18, PATH, '"}}"'],
  ])("%s at %i", (template, offset, expected, found) => {
    expect(validateTemplate({ a: template })).toEqual([{ pointer: "/a", offset, expected, found }]);
  });

  test("showing twenty characters of what is there, nothing in them acting on a terminal", () => {
    const [fault] = validateTemplate(`{{ \u202e${"x".repeat(30)}`);
    expect(fault?.found).toBe(`"\\u202e${"x".repeat(19)}"`);
  });

  test("a default may be 32 deep, and no deeper", () => {
    const nested = (depth: number): string => `{{ data ?? ${"[".repeat(depth)}${"]".repeat(depth)} }}`;
    expect(validateTemplate(nested(32))).toEqual([]);
    expect(validateTemplate(nested(33))).toEqual([
      { pointer: "", offset: 11 + 32, expected: "a default at most 32 deep", found: `"[${"]".repeat(19)}"` },
    ]);
  });
});
