import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ConditionDraft,
  describeValueTypes,
  EMPTY_CONDITION,
  findConditionError,
  isComplete,
  toConditionDrafts,
  toConditionInputs,
} from "../web/conditions/condition-draft.ts";
import { collectEventPaths } from "../web/conditions/event-paths.ts";
import { formatCondition } from "../web/conditions/format-condition.ts";
import { OPERATORS } from "../web/conditions/operators.ts";
import { describeType, formatScalarInput, parseScalar, type Scalar } from "../web/conditions/scalar-input.ts";

const row = (parts: Partial<ConditionDraft>): ConditionDraft => ({
  ...EMPTY_CONDITION,
  path: "data.a",
  ...parts,
});

describe("typed text", () => {
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
  ])("%s is parsed as %j, %s", (text, value, type) => {
    expect([parseScalar(text), describeType(parseScalar(text))]).toEqual([value, type]);
  });

  test("formatted values and conditions are parsed back to the same", () => {
    const scalar = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("", "1", "true", "null", '"a"', " a ", "a\nb", '"'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(scalar, (value) => {
        expect(parseScalar(formatScalarInput(value))).toEqual(value);
      }),
      getRuns(100),
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
        expect(toConditionInputs(toConditionDrafts(conditions as never))).toEqual(conditions);
      }),
      getRuns(100),
    );
  });
});

test("each line of a list has its own type, and all types are described", () => {
  const draft = row({ op: "in", text: 'EUR\n100\n\n"100"\n' });
  expect(toConditionInputs([draft])).toEqual([{ path: "data.a", op: "in", value: ["EUR", 100, "100"] }]);
  expect(describeValueTypes(draft)).toBe("text, number");
});

test("a prefix is always text", () => {
  expect(toConditionInputs([row({ op: "starts", text: "49" })])[0]?.value).toBe("49");
  expect(toConditionInputs([row({ op: "starts", text: '" 49"' })])[0]?.value).toBe(" 49");
  expect(describeValueTypes(row({ op: "starts", text: "49" }))).toBe("text");
});

test("blank rows are not sent, and errors refer to the rows that were", () => {
  const drafts = [EMPTY_CONDITION, row({ text: "1" }), EMPTY_CONDITION, row({ path: "amount", text: "1" })];
  expect(toConditionInputs(drafts).map(({ path }) => path)).toEqual(["data.a", "amount"]);
  const errors = new Map([
    ["/conditions/1/path", "no path"],
    ["/conditions/0", "all of it"],
  ]);
  expect(findConditionError(errors, drafts, 3, "path")).toBe("no path");
  expect(findConditionError(errors, drafts, 1, null)).toBe("all of it");
  for (const index of [0, 1, 2]) expect(findConditionError(errors, drafts, index, "path")).toBeUndefined();
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
])("%j is complete: %s", (parts, is) => {
  expect(isComplete(row(parts))).toBe(is);
});

test.each<[Parameters<typeof formatCondition>[0], string]>([
  [{ path: "data.amount", op: "gt", value: 100 }, "data.amount is more than 100"],
  [{ path: "data.amount", op: "eq", value: "100" }, "data.amount is “100”"],
  [{ path: "data.paid", op: "ne", value: true }, "data.paid is not true"],
  [{ path: "data.a", op: "eq", value: null }, "data.a is null"],
  [{ path: "data.a", op: "in", value: ["EUR", "GBP", 3] }, "data.a is one of “EUR”, “GBP” or 3"],
  [{ path: "data.a", op: "in", value: ["EUR"] }, "data.a is one of “EUR”"],
  [{ path: "topic", op: "starts", value: "invoice." }, "topic begins with “invoice.”"],
  [{ path: "data.a", op: "exists", value: true }, "data.a exists"],
  [{ path: "data.a", op: "exists", value: false }, "data.a does not exist"],
])("%j is formatted as: %s", (condition, sentence) => {
  expect(formatCondition(condition)).toBe(sentence);
});

test("every operator can be selected", () => {
  expect(OPERATORS.map(([op]) => op).sort()).toEqual(
    ["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "starts", "exists"].sort(),
  );
});

test("event paths lead to values that can be compared", () => {
  const event = {
    topic: "invoice.paid",
    data: { amount: 5, buyer: { name: "Ada", "two words": 1 }, lines: [{ sku: 1 }] },
    meta: null,
  };
  expect(collectEventPaths(event)).toEqual([
    { path: "data.amount", example: "5" },
    { path: "data.buyer.name", example: '"Ada"' },
    { path: "data.lines", example: '[{"sku":1}]' },
    { path: "topic", example: "invoice.paid" },
  ]);
  for (const value of [null, 1, "text", [], { data: "text" }]) expect(collectEventPaths(value)).toEqual([]);
});
