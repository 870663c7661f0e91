import { expect, test } from "vitest";
import { type Condition, EventView, evaluateConditions, parseConditions } from "../src/index.ts";

/** The CPU time of this process in milliseconds, which other processes do not affect. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The CPU time to evaluate conditions on data, in milliseconds. */
function measure(data: unknown, conditionLists: readonly (readonly Condition[])[]): number {
  const view = new EventView(JSON.stringify({ topic: "a.b", data }), null);
  evaluateConditions(view, [{ path: "data", op: "exists", value: true }]);
  const from = cpuMs();
  for (const conditions of conditionLists) evaluateConditions(view, conditions);
  return cpuMs() - from;
}

test("a search text that almost matches everywhere does not block the process", () => {
  const value = `${"a".repeat(124)}b${"a".repeat(125)}`;
  const conditions = parseConditions([{ path: "data", op: "contains", value }]);
  expect(measure("a".repeat(250_000), Array(20).fill(conditions))).toBeLessThan(500);
  // Longer text took a tenth of a second each.
  expect(() => parseConditions([{ path: "data", op: "contains", value: `${value}a` }])).toThrow(
    /^conditions\[0\]\.value must be text of at most 250/,
  );
});

test("the conditions of a thousand webhooks on a long list are as fast as on a short one", () => {
  const list = Array.from({ length: 60_000 }, (_, i) => i % 1000);
  const conditionLists = Array.from({ length: 1000 }, () =>
    parseConditions(Array(10).fill({ path: "data", op: "contains", value: 999 })),
  );
  const missing = conditionLists.map(() =>
    parseConditions([{ path: "data", op: "contains", value: "none" }]),
  );
  expect(measure(list, [...conditionLists, ...missing, ...missing, ...missing, ...missing])).toBeLessThan(
    400,
  );
});

test("contains works on short and on long lists", () => {
  for (const length of [1, 32, 33, 100]) {
    const list = [...Array.from({ length: length - 1 }, () => "x"), null];
    const holds = (value: string | null): boolean =>
      evaluateConditions(new EventView(JSON.stringify({ data: list }), null), [
        { path: "data", op: "contains", value },
      ]);
    expect([holds(null), holds("y")]).toEqual([true, false]);
  }
});

test("conditions that are too large are rejected", () => {
  const value = Array.from({ length: 100 }, (_, i) => "x".repeat(1000) + i);
  expect(() => parseConditions([{ path: "data", op: "in", value }])).toThrow(
    /^conditions must be at most 16384/,
  );
  expect(parseConditions([{ path: "data", op: "in", value: value.slice(0, 16) }])).toHaveLength(1);
});
