import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aggregateDeliveries } from "../src/deliveries/aggregate.ts";
import type { StatsSlice } from "../src/index.ts";

const NOW = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const YEAR = 365 * 86_400_000;

type Counted = Parameters<typeof aggregateDeliveries>[0] extends Iterable<infer One> ? One : never;

const span = fc.oneof(
  fc.constantFrom(60_000, 3_600_000, 86_400_000, 604_800_000, YEAR),
  fc.integer({ min: 60_000, max: YEAR }),
);

const given = span.chain((length) =>
  fc.tuple(
    fc.constant({ since: NOW - length, until: NOW }),
    fc.array(
      fc.record<Counted>({
        webhook: fc.constantFrom("wbh_1", "wbh_2", "wbh_3"),
        state: fc.constantFrom("pending", "delivered", "dead"),
        attemptCount: fc.nat(3),
        durationMs: fc.option(fc.nat(15_000)),
        // Some are too old, and some of a clock that is ahead.
        event: fc.record({
          publishedAt: fc.integer({ min: NOW - Math.ceil(length * 1.2), max: NOW + 5000 }),
        }),
      }),
      { maxLength: 60 },
    ),
  ),
);

/** The same by hand. */
function sliceOf(all: readonly Counted[]): StatsSlice {
  const count = (is: (one: Counted) => boolean): number => all.filter(is).length;
  const ms = all.flatMap((one) => one.durationMs ?? []).sort((one, other) => one - other);
  const nth = (percent: number): number | null =>
    ms.find((value) => ms.filter((other) => other <= value).length * 100 >= percent * ms.length) ?? null;
  return {
    delivered: count(({ state }) => state === "delivered"),
    waiting: count(({ state, attemptCount }) => state === "pending" && attemptCount === 0),
    retrying: count(({ state, attemptCount }) => state === "pending" && attemptCount > 0),
    dead: count(({ state }) => state === "dead"),
    p50Ms: nth(50),
    p95Ms: nth(95),
  };
}

describe("aggregateDeliveries", () => {
  test("agrees with the list: over all, by bucket and by webhook", () => {
    fc.assert(
      fc.property(given, ([times, list]) => {
        const { bucketMs, total, buckets, webhooks } = aggregateDeliveries(list, times);
        const counted = list.filter(({ event }) => event.publishedAt >= times.since);
        expect(total).toEqual(sliceOf(counted));
        for (const [i, { startsAt, ...slice }] of buckets.entries()) {
          const isLast = i === buckets.length - 1;
          const own = counted.filter(
            ({ event: { publishedAt } }) =>
              publishedAt >= startsAt && (isLast || publishedAt < startsAt + bucketMs),
          );
          expect(slice).toEqual(sliceOf(own));
        }
        for (const { webhook, ...slice } of webhooks)
          expect(slice).toEqual(sliceOf(counted.filter((one) => one.webhook === webhook)));
        expect(new Set(webhooks.map(({ webhook }) => webhook))).toEqual(
          new Set(counted.map(({ webhook }) => webhook)),
        );
      }),
      getRuns(300),
    );
  });

  test("has adjacent, stable buckets, neither few nor many", () => {
    fc.assert(
      fc.property(span, (length) => {
        const times = { since: NOW - length, until: NOW };
        const { bucketMs, buckets } = aggregateDeliveries([], times);
        expect(buckets.length).toBeGreaterThanOrEqual(24);
        expect(buckets.length).toBeLessThanOrEqual(61);
        expect(buckets[0]?.startsAt).toBeLessThanOrEqual(times.since);
        for (const [i, { startsAt }] of buckets.entries())
          expect([startsAt % bucketMs, startsAt - (buckets[0]?.startsAt ?? 0)]).toEqual([0, i * bucketMs]);
        expect((buckets.at(-1)?.startsAt ?? 0) + bucketMs).toBeGreaterThan(NOW);
        expect(buckets.at(-1)?.startsAt).toBeLessThanOrEqual(NOW);
      }),
    );
  });
});
