import { expect, test } from "vitest";
import { type Condition, EventView, evaluateConditions, parseConditions } from "../src/index.ts";

/** What this process has had of a processor so far, in milliseconds: work of others takes none of it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** How long it takes to hold conditions against data, in milliseconds. */
function timeOf(data: unknown, whens: readonly (readonly Condition[])[]): number {
  const subject = new EventView(JSON.stringify({ topic: "a.b", data }), null);
  evaluateConditions(subject, [{ path: "data", op: "exists", value: true }]);
  const from = cpuMs();
  for (const when of whens) evaluateConditions(subject, when);
  return cpuMs() - from;
}

test("text that almost stands at every place of a long one stops nobody", () => {
  const value = `${"a".repeat(124)}b${"a".repeat(125)}`;
  const when = parseConditions([{ path: "data", op: "contains", value }]);
  expect(timeOf("a".repeat(250_000), Array(20).fill(when))).toBeLessThan(500);
  // That took a tenth of a second each.
  expect(() => parseConditions([{ path: "data", op: "contains", value: `${value}a` }])).toThrow(
    /^conditions\[0\]\.value must be text of at most 250/,
  );
});

test("a thousand webhooks' conditions on a long list are looked at as fast as on a short one", () => {
  const list = Array.from({ length: 60_000 }, (_, i) => i % 1000);
  const whens = Array.from({ length: 1000 }, () =>
    parseConditions(Array(10).fill({ path: "data", op: "contains", value: 999 })),
  );
  const missing = whens.map(() => parseConditions([{ path: "data", op: "contains", value: "none" }]));
  expect(timeOf(list, [...whens, ...missing, ...missing, ...missing, ...missing])).toBeLessThan(400);
});

test("a list holds what it holds, short or long", () => {
  for (const length of [1, 32, 33, 100]) {
    const list = [...Array.from({ length: length - 1 }, () => "x"), null];
    const holds = (value: string | null): boolean =>
      evaluateConditions(new EventView(JSON.stringify({ data: list }), null), [
        { path: "data", op: "contains", value },
      ]);
    expect([holds(null), holds("y")]).toEqual([true, false]);
  }
});

test("conditions as large as a document are not kept", () => {
  const value = Array.from({ length: 100 }, (_, i) => "x".repeat(1000) + i);
  expect(() => parseConditions([{ path: "data", op: "in", value }])).toThrow(
    /^conditions must be at most 16384/,
  );
  expect(parseConditions([{ path: "data", op: "in", value: value.slice(0, 16) }])).toHaveLength(1);
});
