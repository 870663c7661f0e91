import { describe, expect, test } from "vitest";
import type { TemplateScope } from "../../src/templates/path.ts";
import { catchHeronError } from "../test-receiver.ts";
import { render, SCOPE, text } from "./event.ts";

const JSON_TEMPLATE = {
  first: "{{ data.absent }}",
  list: ["{{ data.absent }}", "{{ data.amount }}", "{{ data.absent }}", ["{{ data.absent }}"]],
  inner: { only: "{{ data.absent }}" },
  text: "<{{ data.absent }}>",
  none: "{{ data.none }}",
  last: '{{ data.absent ?? "d" }}',
};

test("null by default", () => {
  const expected = {
    first: null,
    list: [null, 12.5, null, [null]],
    inner: { only: null },
    text: "<>",
    none: null,
    last: "d",
  };
  expect(render(JSON_TEMPLATE)).toEqual(expected);
  expect(render(JSON_TEMPLATE, { missing: "null" })).toEqual(expected);
});

test("omit: left out with its key, commas and all; null stays, and what held it", () => {
  expect(text(JSON_TEMPLATE, { missing: "omit" })).toBe(
    '{"list":[12.5,[]],"inner":{},"text":"<>","none":null,"last":"d"}',
  );
  expect(text("{{ data.absent }}", { missing: "omit" })).toBe("null");
  expect(text(["{{ topic }}", "{{ data.absent }}"], { missing: "omit" })).toBe('["invoice.paid"]');
  expect(text({ a: "{{ data.absent }}", b: "{{ data.absent }}" }, { missing: "omit" })).toBe("{}");
});

describe("error", () => {
  const message = (path: string, scope: TemplateScope = SCOPE): string => {
    const { code, message } = catchHeronError(() => text(`{{ ${path} }}`, { missing: "error" }, scope));
    expect(code).toBe("template_missing");
    expect(catchHeronError(() => text(`<{{ ${path} }}>`, { missing: "error" }, scope)).message).toBe(message);
    return message;
  };

  test("names what is there, most similar first, and the fix", () => {
    const data = { zebra: 1, Amount: 2, count: 3 };
    expect(message("data.amout", { data })).toBe(
      'data.amout is missing: data has Amount, count, zebra. Fix the path or add a default: {{ data.amout ?? "none" }}.',
    );
  });

  test("likeness does not look at capitals", () => {
    expect(message("data.AMOUNT", { data: { AXXXXT: 1, amount: 2 } })).toMatch(/ data has amount, AXXXXT\./);
    expect(message("data.amount", { data: { axxxxt: 1, AMOUNT: 2 } })).toMatch(/ data has AMOUNT, axxxxt\./);
  });

  test.each([
    ["data.owner.nam", /^data\.owner\.nam is missing: data\.owner has name\./],
    ["data.none.more", /^data\.none\.more is missing: data\.none is null and has no "more"\./],
    ["data.name.first", /: data\.name is a string and has no "first"\./],
    ["data.name.first.second", /: data\.name is a string and has no "first"\./],
    ["data.amount.x", /: data\.amount is a number and has no "x"\./],
    ["data.lines[7].sku", /: data\.lines is a list of 2\./],
    ["data.nowhere.at.all", /^data\.nowhere\.at\.all is missing: data has .*owner/],
    ['data["no key"]', /^data\["no key"\] is missing: .* \{\{ data\["no key"\] \?\? "none" \}\}\.$/],
  ])("{{ %s }}", (path, says) => {
    expect(message(path)).toMatch(says);
  });

  test("of a root that the scope has not", () => {
    expect(message("id", { topic: "a.b", data: null })).toMatch(
      /^id is missing: the template can read (?:data, topic|topic, data)\./,
    );
    expect(message("data.x", { data: {} })).toMatch(/^data\.x is missing: data has no names\./);
    expect(message("data.x", { data: { x: undefined } })).toMatch(/^data\.x is missing: data has x\./);
  });

  test("says nothing of values, and nothing in it acts on a terminal or breaks the line", () => {
    const said = message('data["a\\nb"]["\u202ec"]', { data: { "a\nb": { "secret\u2028key": "hidden" } } });
    expect(said).toMatch(/^data\["a\\nb"\]\["\\u202ec"\] is missing: data\.a\\nb has secret\\u2028key\./);
    expect(message('data["a\\nb"]["d\\ne"]', { data: { "a\nb": "hidden" } })).toMatch(
      /data\.a\\nb is a string and has no "d\\ne"/,
    );
    expect(said).not.toContain("hidden");
  });

  test("names at most eight, none longer than 40 characters", () => {
    const data = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`${i}${"x".repeat(60)}`, 1]));
    const said = message("data.absent", { data });
    expect(said.split(", ").filter((name) => name.includes("xxx"))).toHaveLength(8);
    expect(said).toMatch(/: data has \d+x+…, /);
    expect(said.length).toBeLessThan(600);
  });

  test("null is there; a default stands in", () => {
    expect(render("{{ data.none }}", { missing: "error" })).toBe(null);
    expect(render("<{{ data.none }}>", { missing: "error" })).toBe("<>");
    expect(render("{{ data.absent ?? null }}", { missing: "error" })).toBe(null);
    expect(render("<{{ data.absent ?? 1 }}>", { missing: "error" })).toBe("<1>");
  });
});
