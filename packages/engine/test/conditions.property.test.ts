import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Condition,
  type ConditionOp,
  EventView,
  evaluateConditions,
  parseConditions,
} from "../src/index.ts";

const scalar = fc.oneof(
  fc.constantFrom<string | number | boolean | null>("", "a", "ab", "b", 0, 1, 2, -0.5, true, false, null),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -2, max: 2 }),
);
const found = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.constant({ x: 1 }),
  fc.constant(undefined),
);
const SAME = ["eq", "ne", "contains"] as const;
const ORDER = ["gt", "gte", "lt", "lte"] as const;
const condition: fc.Arbitrary<Omit<Condition, "path">> = fc.oneof(
  fc.record({ op: fc.constantFrom<ConditionOp>(...SAME), value: scalar }),
  fc.record({ op: fc.constantFrom<ConditionOp>(...ORDER), value: fc.oneof(fc.string(), fc.integer()) }),
  fc.record({ op: fc.constant<ConditionOp>("in"), value: fc.array(scalar, { minLength: 1, maxLength: 4 }) }),
  fc.record({ op: fc.constant<ConditionOp>("starts"), value: fc.string({ maxLength: 2 }) }),
  fc.record({ op: fc.constant<ConditionOp>("exists"), value: fc.boolean() }),
);

/** A reference implementation that compares JSON. */
function reference(at: unknown, op: ConditionOp, value: Condition["value"]): boolean {
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const isScalar = at === null || ["string", "number", "boolean"].includes(typeof at);
  if (op === "exists") return value ? at !== undefined : at === undefined;
  if (op === "eq") return isScalar && same(at, value);
  if (op === "ne") return !(isScalar && same(at, value));
  if (op === "in") return isScalar && (value as readonly unknown[]).some((one) => same(at, one));
  if (op === "contains" && Array.isArray(at)) return at.some((one) => same(one, value));
  if (op === "contains") return typeof at === "string" && typeof value === "string" && at.indexOf(value) >= 0;
  if (op === "starts") return typeof at === "string" && at.slice(0, `${value}`.length) === value;
  if (typeof at !== typeof value || !["string", "number"].includes(typeof at)) return false;
  const [less, more] = [(at as string) < (value as string), (at as string) > (value as string)];
  return op === "gt" ? more : op === "gte" ? !less : op === "lt" ? less : !more;
}

test("a condition agrees with the reference implementation for any data", () => {
  fc.assert(
    fc.property(found, condition, (at, { op, value }) => {
      // JSON has no minus zero.
      fc.pre(!Object.is(at, -0) && !Object.is(value, -0));
      const body = JSON.stringify({ topic: "a.b", data: { at } });
      const holds = evaluateConditions(new EventView(body, null), [{ path: "data.at", op, value }]);
      expect(holds).toBe(reference(JSON.parse(body).data.at, op, value));
    }),
    getRuns(5000),
  );
});

test("all conditions must match, on any path; no conditions match everything", () => {
  const body = JSON.stringify({
    topic: "invoice.paid",
    created: "2026-01-01T00:00:00+00:00",
    data: { lines: [{ sku: "x" }], "a key": { "b.c": 1 } },
    meta: { from: "shop" },
    id: "evt_1",
  });
  const subject = new EventView(body, JSON.stringify({ plan: "pro" }));
  const holds: readonly Condition[] = [
    { path: "topic", op: "starts", value: "invoice." },
    { path: "created", op: "gte", value: "2026-01-01" },
    { path: "data.lines[0].sku", op: "eq", value: "x" },
    { path: 'data["a key"]["b.c"]', op: "lte", value: 1 },
    { path: "meta.from", op: "in", value: ["shop", "app"] },
    { path: "id", op: "contains", value: "1" },
    { path: "user.plan", op: "eq", value: "pro" },
    { path: "data.constructor", op: "exists", value: false },
  ];
  expect(parseConditions(holds)).toEqual(holds);
  expect(evaluateConditions(subject, holds)).toBe(true);
  for (const [i, one] of holds.entries()) {
    const { path, op, value } = one;
    const broken: Condition =
      op === "exists" ? { path, op, value: !value } : { path: path.replace(/\w+/, "nothing"), op, value };
    expect(evaluateConditions(subject, holds.with(i, broken)), path).toBe(false);
  }
  expect(evaluateConditions(new EventView("not read", null), [])).toBe(true);
  expect(evaluateConditions(new EventView("not read", null), undefined)).toBe(true);
});

test("an arbitrary value gives conditions, or an error with the position", () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.anything())), (given) => {
      try {
        const conditions = parseConditions(given as readonly Condition[]);
        expect(typeof evaluateConditions(new EventView('{"data":{}}', null), conditions)).toBe("boolean");
      } catch (error) {
        expect(error).toMatchObject({
          code: "condition_invalid",
          message: expect.stringMatching(/^conditions/),
        });
      }
    }),
  );
});

test.each([
  [{ path: "data.", op: "eq", value: 1 }, "conditions[0].path must be a path"],
  [{ path: "secrets.0", op: "eq", value: 1 }, "conditions[0].path must be a path"],
  [{ path: "webhook.id", op: "eq", value: 1 }, "conditions[0].path must begin with"],
  [{ path: "data.x }}{{ data.y", op: "eq", value: 1 }, "conditions[0].path must be a path"],
  [{ path: "data.x ?? 1", op: "eq", value: 1 }, "conditions[0].path must be a path"],
  [{ path: "data.x", op: "matches", value: "^a" }, "conditions[0].op must be one of eq, ne"],
  [{ path: "data.x", op: "constructor", value: "^a" }, "conditions[0].op must be one of eq, ne"],
  [{ path: "data.x", op: "gt", value: true }, "conditions[0].value must be a number or text"],
  [{ path: "data.x", op: "in", value: [] }, "conditions[0].value must be a list of 1 to 100"],
  [{ path: "data.x", op: "eq", value: { a: 1 } }, "conditions[0].value must be text, a number"],
  [{ path: "data.x", op: "starts", value: "x".repeat(1025) }, "conditions[0].value must be text"],
  [{ path: "data.x", op: "exists", value: "yes" }, "conditions[0].value must be true or false"],
  [{ path: "data.x", op: "eq", value: 1, not: true }, 'conditions[0] has the unknown field "not"'],
  [null, "conditions[0] must be an object"],
])("%j is rejected with a reason", (condition, message) => {
  expect(() => parseConditions([condition as Condition])).toThrow(
    expect.objectContaining({ code: "condition_invalid", message: expect.stringContaining(message) }),
  );
});

test("more than ten conditions are rejected", () => {
  const one: Condition = { path: "data.x", op: "eq", value: 1 };
  expect(parseConditions(Array.from({ length: 10 }, () => one))).toHaveLength(10);
  expect(() => parseConditions(Array.from({ length: 11 }, () => one))).toThrow(/at most 10 conditions/);
});
