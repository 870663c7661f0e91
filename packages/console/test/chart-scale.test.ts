import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatLatency, toTicks, toTimeTicks } from "../web/stats/scale.ts";

test("an axis starts at 0 and has few even steps up to the maximum", () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), (most) => {
      const ticks = toTicks(most);
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(1, most));
      expect(ticks.at(-1)).toBeLessThanOrEqual(Math.max(2, most * 2.5));
    }),
    getRuns(100),
  );
  expect(toTicks(0)).toEqual([0, 1]);
  expect(toTicks(214)).toEqual([0, 100, 200, 300]);
});

test("time ticks are round local times and fit the width", () => {
  const HOUR = 3_600_000;
  const from = Date.UTC(2026, 10, 21, 10, 20);
  const { step, times } = toTimeTicks({ from, to: from + 24 * HOUR }, 8, -5.5 * HOUR);
  expect(step).toBe(3 * HOUR);
  expect(times).toHaveLength(8);
  for (const at of times) expect((at + 5.5 * HOUR) % step).toBe(0);
  fc.assert(
    fc.property(
      fc.integer({ min: 60_000, max: 400 * 24 * HOUR }),
      fc.integer({ min: 1, max: 20 }),
      (span, most) => {
        const { times: ticks } = toTimeTicks({ from, to: from + span }, most, 0);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.every((at) => at >= from && at < from + span)).toBe(true);
      },
    ),
    getRuns(100),
  );
});

test("latencies are formatted briefly", () => {
  expect([0, 45, 0.25, 999, 1250, 15_000].map(formatLatency)).toEqual([
    "0 ms",
    "45 ms",
    "0.3 ms",
    "999 ms",
    "1.3 s",
    "15 s",
  ]);
});
