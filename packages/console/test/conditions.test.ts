import { runs } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BLANK,
  type ConditionDraft,
  draftsOf,
  errorAt,
  isWhole,
  kindsIn,
  writtenOf,
} from "../web/conditions/condition-draft.ts";
import { OPS } from "../web/conditions/ops.ts";
import { pathsIn } from "../web/conditions/paths.ts";
import { sentenceOf } from "../web/conditions/sentence.ts";
import { kindOf, type Scalar, scalarIn, typedAs } from "../web/conditions/typed.ts";

const row = (parts: Partial<ConditionDraft>): ConditionDraft => ({ ...BLANK, path: "data.a", ...parts });

describe("what is typed is", () => {
  test.each<[string, Scalar, string]>([
    ["100", 100, "number"],
    [" 100 ", 100, "number"],
    ["-1.5e3", -1500, "number"],
    ['"100"', "100", "text"],
    ["1e999", "1e999", "text"],
    ["007", "007", "text"],
    ["1,000", "1,000", "text"],
    ["true", true, "true or false"],
    ['"true"', "true", "text"],
    ["True", "True", "text"],
    ["null", null, "null"],
    ["EUR", "EUR", "text"],
    ['""', "", "text"],
    ['"', '"', "text"],
    ['"a" or "b"', '"a" or "b"', "text"],
    ["2026-11-20T14:30:00Z", "2026-11-20T14:30:00Z", "text"],
  ])("%s is %j, %s", (text, value, kind) => {
    expect([scalarIn(text), kindOf(scalarIn(text))]).toEqual([value, kind]);
  });

  test("whatever is there, what it would be typed as means the same", () => {
    const scalar = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("", "1", "true", "null", '"a"', " a ", "a\nb", '"'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(scalar, (value) => {
        expect(scalarIn(typedAs(value))).toEqual(value);
      }),
      runs(100),
    );
    const when = fc.array(
      fc.oneof(
        fc.record({ path: fc.constant("data.a"), op: fc.constantFrom("eq", "contains"), value: scalar }),
        fc.record({
          path: fc.constant("data.a"),
          op: fc.constant("in"),
          value: fc.array(scalar, { minLength: 1 }),
        }),
        fc.record({ path: fc.constant("data.a"), op: fc.constant("starts"), value: fc.string() }),
        fc.record({ path: fc.constant("data.a"), op: fc.constant("exists"), value: fc.boolean() }),
      ),
    );
    fc.assert(
      fc.property(when, (conditions) => {
        expect(writtenOf(draftsOf(conditions as never))).toEqual(conditions);
      }),
      runs(100),
    );
  });
});

test("of a list, each line is of its own kind, and all kinds are said", () => {
  const draft = row({ op: "in", text: 'EUR\n100\n\n"100"\n' });
  expect(writtenOf([draft])).toEqual([{ path: "data.a", op: "in", value: ["EUR", 100, "100"] }]);
  expect(kindsIn(draft)).toBe("text, number");
});

test("what a text begins with is text", () => {
  expect(writtenOf([row({ op: "starts", text: "49" })])[0]?.value).toBe("49");
  expect(writtenOf([row({ op: "starts", text: '" 49"' })])[0]?.value).toBe(" 49");
  expect(kindsIn(row({ op: "starts", text: "49" }))).toBe("text");
});

test("a row that is blank is none, and what is wrong is told of the row that it was sent as", () => {
  const drafts = [BLANK, row({ text: "1" }), BLANK, row({ path: "amount", text: "1" })];
  expect(writtenOf(drafts).map(({ path }) => path)).toEqual(["data.a", "amount"]);
  const errors = new Map([
    ["/when/1/path", "no path"],
    ["/when/0", "all of it"],
  ]);
  expect(errorAt(errors, drafts, 3, "path")).toBe("no path");
  expect(errorAt(errors, drafts, 1, null)).toBe("all of it");
  for (const other of [0, 1, 2]) expect(errorAt(errors, drafts, other, "path")).toBeUndefined();
});

test.each<[Partial<ConditionDraft>, boolean]>([
  [{ text: "1" }, true],
  [{ text: "" }, false],
  [{ text: '""' }, true],
  [{ text: "1", path: "data." }, false],
  [{ text: "1", path: "amount" }, false],
  [{ text: "1", path: "data.lines[0].sku" }, true],
  [{ text: "1", path: "user.plan" }, true],
  [{ text: "true", op: "gt" }, false],
  [{ text: "", op: "exists" }, true],
  [{ text: "\n", op: "in" }, false],
])("%j is whole: %s", (parts, is) => {
  expect(isWhole(row(parts))).toBe(is);
});

test.each<[Parameters<typeof sentenceOf>[0], string]>([
  [{ path: "data.amount", op: "gt", value: 100 }, "data.amount is more than 100"],
  [{ path: "data.amount", op: "eq", value: "100" }, "data.amount is “100”"],
  [{ path: "data.paid", op: "ne", value: true }, "data.paid is not true"],
  [{ path: "data.a", op: "eq", value: null }, "data.a is null"],
  [{ path: "data.a", op: "in", value: ["EUR", "GBP", 3] }, "data.a is one of “EUR”, “GBP” or 3"],
  [{ path: "data.a", op: "in", value: ["EUR"] }, "data.a is one of “EUR”"],
  [{ path: "topic", op: "starts", value: "invoice." }, "topic begins with “invoice.”"],
  [{ path: "data.a", op: "exists", value: true }, "data.a exists"],
  [{ path: "data.a", op: "exists", value: false }, "data.a does not exist"],
])("%j is said: %s", (condition, sentence) => {
  expect(sentenceOf(condition)).toBe(sentence);
});

test("every way to compare that there is can be chosen", () => {
  expect(OPS.map(([op]) => op).sort()).toEqual(
    ["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "starts", "exists"].sort(),
  );
});

test("paths are those of an event at which something can be compared", () => {
  const event = {
    topic: "invoice.paid",
    data: { amount: 5, buyer: { name: "Ada", "two words": 1 }, lines: [{ sku: 1 }] },
    meta: null,
  };
  expect(pathsIn(event)).toEqual([
    { path: "data.amount", example: "5" },
    { path: "data.buyer.name", example: '"Ada"' },
    { path: "data.lines", example: '[{"sku":1}]' },
    { path: "topic", example: "invoice.paid" },
  ]);
  for (const odd of [null, 1, "text", [], { data: "text" }]) expect(pathsIn(odd)).toEqual([]);
});
