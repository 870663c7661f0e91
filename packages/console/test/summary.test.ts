import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StatsSliceDto } from "../src/api/dto/stats-dto.ts";
import { toSummary } from "../web/stats/summary.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;

type Webhook = Parameters<typeof toSummary>[1][number];

function webhook(name: string, parts: Partial<Webhook> = {}): Webhook {
  return {
    heron_id: `wbh_${name}`,
    url: `https://${name}.example.com`,
    description: "",
    is_enabled: true,
    disabled_by: null,
    failing_since: null,
    ...parts,
  };
}

const failing = (name: string, minutes: number): Webhook =>
  webhook(name, { failing_since: new Date(NOW - minutes * MINUTE).toISOString() });
const off = (name: string, disabled_by: Webhook["disabled_by"]): Webhook =>
  webhook(name, { is_enabled: false, disabled_by });

function slice(delivered: number, waiting = 0, retrying = 0, dead = 0): StatsSliceDto {
  return { delivered, waiting, retrying, dead, p50_ms: null, p95_ms: null };
}

function summarize(
  total: StatsSliceDto,
  webhooks: readonly Webhook[] = [webhook("a")],
  is_complete = true,
): string {
  return toSummary({ total, is_complete }, webhooks, "24 hours")
    .map(({ text }) => text)
    .join("");
}

test.each([
  [slice(0), "No deliveries in the last 24 hours."],
  [slice(1), "1 delivery succeeded in the last 24 hours."],
  [slice(0, 1), "0 of 1 delivery succeeded in the last 24 hours. 1 is waiting."],
  [slice(0, 0, 1), "0 of 1 delivery succeeded in the last 24 hours. 1 is retrying."],
  [slice(0, 0, 0, 1), "0 of 1 delivery succeeded in the last 24 hours. 1 is dead."],
  [slice(2), "All 2 deliveries succeeded in the last 24 hours."],
  [slice(0, 0, 0, 5), "0 of 5 deliveries succeeded in the last 24 hours. 5 are dead."],
  [slice(12_345), "All 12,345 deliveries succeeded in the last 24 hours."],
  [slice(211, 0, 0, 3), "211 of 214 deliveries succeeded in the last 24 hours. 3 are dead."],
  [slice(9, 1, 2), "9 of 12 deliveries succeeded in the last 24 hours. 1 is waiting, 2 are retrying."],
  [
    slice(90, 4, 1, 2),
    "90 of 97 deliveries succeeded in the last 24 hours. 4 are waiting, 1 is retrying, 2 are dead.",
  ],
  [slice(3, 5, 0, 8), "3 of 16 deliveries succeeded in the last 24 hours. 5 are waiting, 8 are dead."],
])("summary of %o", (total, sentence) => {
  expect(summarize(total)).toBe(sentence);
});

test("a range of one unit has no number", () => {
  const [, { text } = { text: "" }] = toSummary({ total: slice(1), is_complete: true }, [], "1 hour");
  expect(text).toBe(" succeeded in the last hour");
});

describe("webhooks", () => {
  test.each<[string, readonly Webhook[], string]>([
    ["one fails", [webhook("a"), failing("b", 40)], " b.example.com is failing."],
    [
      "one with a description",
      [{ ...failing("b", 3), description: "Slack #risk" }],
      " Slack #risk is failing.",
    ],
    [
      "two fail, the longest first",
      [failing("b", 40), failing("a", 90)],
      " a.example.com and b.example.com are failing.",
    ],
    ["many fail", [1, 2, 3].map((n) => failing(`${n}`, n)), " 3 webhooks are failing."],
    ["one was disabled by 410", [off("a", "gone")], " a.example.com was disabled (410 Gone)."],
    [
      "two were disabled by 410",
      [off("a", "gone"), off("b", "gone")],
      " a.example.com and b.example.com were disabled (410 Gone).",
    ],
    [
      "one was disabled by failures",
      [off("a", "failing")],
      " a.example.com was disabled after repeated failures.",
    ],
    [
      "some were disabled",
      [off("a", "gone"), off("b", "failing"), failing("c", 1)],
      " c.example.com is failing. a.example.com and b.example.com were disabled after repeated failures.",
    ],
    ["the owner disabled one", [off("a", "owner"), webhook("b")], ""],
    ["the owner disabled all", [off("a", "owner"), off("b", "owner")], " All webhooks are disabled."],
    ["the owner disabled the only one", [off("a", "owner")], " The only webhook is disabled."],
  ])("%s", (_, webhooks, rest) => {
    expect(summarize(slice(0), webhooks)).toBe(`No deliveries in the last 24 hours.${rest}`);
  });
});

test("an incomplete count is of the newest deliveries", () => {
  expect(summarize(slice(20_000), [webhook("a")], false)).toBe(
    "20,000 of the newest 20,000 deliveries succeeded in the last 24 hours.",
  );
});

test("every number links to its list, and the numbers add up", () => {
  const count = fc.nat(3000);
  fc.assert(
    fc.property(count, count, count, count, (delivered, waiting, retrying, dead) => {
      const parts = toSummary(
        { total: slice(delivered, waiting, retrying, dead), is_complete: true },
        [],
        "range",
      );
      const text = parts.map((part) => part.text).join("");
      expect(text).toMatch(/^[A-Z0-9][^.]*\.( [A-Z0-9][^.]*\.)*$/);
      for (const part of parts) if (/\d/.test(part.text)) expect(part.to).toMatch(/^deliveries/);
      const numbers = [...text.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(",", "")));
      const total = delivered + waiting + retrying + dead;
      if (total === 0) expect(numbers).toEqual([]);
      else if (delivered === total) expect(numbers).toEqual([total]);
      else {
        expect(numbers.slice(0, 2)).toEqual([delivered, total]);
        expect(numbers.slice(2).reduce((sum, number) => sum + number, 0)).toBe(total - delivered);
      }
    }),
    getRuns(100),
  );
});
