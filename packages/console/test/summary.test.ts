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

function said(total: StatsSliceDto, webhooks: readonly Webhook[] = [webhook("a")], is_complete = true): string {
  return toSummary({ total, is_complete }, webhooks, { length: "24 hours", now: NOW })
    .map(({ text }) => text)
    .join("");
}

test.each([
  [slice(0), "No deliveries in 24 hours."],
  [slice(1), "1 delivery in 24 hours, delivered."],
  [slice(0, 1), "1 delivery in 24 hours, waiting."],
  [slice(0, 0, 1), "1 delivery in 24 hours, being tried again."],
  [slice(0, 0, 0, 1), "1 delivery in 24 hours, dead."],
  [slice(2), "2 deliveries in 24 hours, both delivered."],
  [slice(0, 0, 0, 5), "5 deliveries in 24 hours, all dead."],
  [slice(12_345), "12,345 deliveries in 24 hours, all delivered."],
  [slice(211, 0, 0, 3), "214 deliveries in 24 hours, all delivered but 3 that are dead."],
  [slice(211, 0, 0, 1), "212 deliveries in 24 hours, all delivered but 1 that is dead."],
  [
    slice(9, 1, 2),
    "12 deliveries in 24 hours, all delivered but 1 that waits and 2 that are being tried again.",
  ],
  [
    slice(90, 4, 1, 2),
    "97 deliveries in 24 hours, all delivered but 4 that wait, 1 that is being tried again and 2 that are dead.",
  ],
  [slice(1, 0, 0, 1), "2 deliveries in 24 hours, all delivered but 1 that is dead."],
  [slice(3, 5, 0, 8), "16 deliveries in 24 hours, 3 delivered, 5 waiting and 8 dead."],
  [slice(0, 5, 0, 8), "13 deliveries in 24 hours, 5 waiting and 8 dead."],
])("%o", (total, sentence) => {
  expect(said(total)).toBe(sentence);
});

describe("webhooks", () => {
  test.each<[string, readonly Webhook[], string]>([
    ["one fails", [webhook("a"), failing("b", 40)], "; b.example.com has failed for 40 minutes"],
    [
      "one with a name",
      [{ ...failing("b", 3), description: "Slack #risk" }],
      "; Slack #risk has failed for 3 minutes",
    ],
    [
      "two fail",
      [failing("b", 40), failing("a", 90)],
      "; a.example.com and b.example.com have failed, the longest for 2 hours",
    ],
    [
      "many fail",
      [1, 2, 3].map((n) => failing(`${n}`, n)),
      "; 3 webhooks have failed, the longest for 3 minutes",
    ],
    ["one was stopped", [off("a", "gone")], "; a.example.com was disabled, since it failed"],
    [
      "some were stopped",
      [off("a", "gone"), off("b", "failing"), failing("c", 1)],
      "; c.example.com has failed for 60 seconds; a.example.com and b.example.com were disabled, since they failed",
    ],
    ["the owner disabled one", [off("a", "owner"), webhook("b")], ""],
    ["the owner disabled all", [off("a", "owner"), off("b", "owner")], ": all webhooks are disabled"],
    ["the owner disabled the only one", [off("a", "owner")], ": the only webhook is disabled"],
  ])("%s", (_, webhooks, rest) => {
    expect(said(slice(0), webhooks)).toBe(`No deliveries in 24 hours${rest}.`);
  });
});

test("of more than were counted it says so", () => {
  expect(said(slice(20_000), [webhook("a")], false)).toBe(
    "The newest 20,000 deliveries of 24 hours, all delivered.",
  );
});

test("every number in it leads to its list, and what it says of all adds up", () => {
  const count = fc.nat(3000);
  fc.assert(
    fc.property(count, count, count, count, (sent, waiting, retrying, failed) => {
      const parts = toSummary({ total: slice(sent, waiting, retrying, failed), is_complete: true }, [], {
        length: "span",
        now: NOW,
      });
      const text = parts.map((part) => part.text).join("");
      expect(text).toMatch(/^[A-Z0-9][^.]*\.$/);
      for (const part of parts) if (/\d/.test(part.text)) expect(part.to).toMatch(/^deliveries/);
      const numbers = [...text.matchAll(/\d[\d,]*/g)].map(([one]) => Number(one.replaceAll(",", "")));
      const all = sent + waiting + retrying + failed;
      if (all > 0) expect(numbers[0]).toBe(all);
      const others = numbers.slice(1).reduce((sum, one) => sum + one, 0);
      if (numbers.length > 1) expect(others).toBe(text.includes("all delivered but") ? all - sent : all);
    }),
    getRuns(100),
  );
});
