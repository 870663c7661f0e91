import type { Outcome } from "@heron-webhooks/core/delivery";
import { describe, expect, test } from "vitest";
import type { WebhookRecord } from "../src/index.ts";
import { CircuitBreaker, DEFAULT_HEALTH_LIMITS, type HealthUpdate } from "../src/index.ts";

const FAILED: Outcome = { kind: "retry", reason: "answered 500" };
const DAY = 86_400_000;

const HOUR = 3_600_000;

const record = (failingSince: number | null = 0, lastFailedAt: number | null = failingSince): WebhookRecord =>
  ({ id: "wbh_1", failingSince, lastFailedAt }) as WebhookRecord;

function fail(
  breaker: CircuitBreaker,
  startedAt: number,
  isProbe = false,
  outcome: Outcome = FAILED,
): HealthUpdate | null {
  return breaker.evaluate({ outcome, isProbe, startedAt, endedAt: startedAt + 1 }, record());
}

describe("the circuit", () => {
  test("opens after ten failures in a row, for a minute", () => {
    const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 9; i++) expect(fail(breaker, i)).toBeNull();
    expect(fail(breaker, 9)).toEqual({ pause: { reason: "circuit_open", durationMs: 60_000 } });
  });

  test("counts consecutive failures: a delivery resets the count", () => {
    const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 9; i++) fail(breaker, i);
    breaker.evaluate({ outcome: { kind: "delivered" }, isProbe: false, startedAt: 9, endedAt: 10 }, record());
    for (let i = 10; i < 19; i++) expect(fail(breaker, i)).toBeNull();
    expect(fail(breaker, 19)?.pause).toBeDefined();
  });

  test("does not stay open longer because of attempts that started before it opened", () => {
    const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 10; i++) fail(breaker, 5);
    for (let i = 0; i < 30; i++) expect(fail(breaker, 5)).toBeNull();
  });

  test("opens for twice as long each time a probe fails, up to an hour", () => {
    const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 10; i++) fail(breaker, i);
    const minutes = Array.from(
      { length: 8 },
      (_, i) => (fail(breaker, 1000 * (i + 1), true)?.pause?.durationMs as number) / 60_000,
    );
    expect(minutes).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test("closes when a probe is delivered", () => {
    const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    const after = breaker.evaluate(
      { outcome: { kind: "delivered" }, isProbe: true, startedAt: 0, endedAt: 1 },
      record(null),
    );
    expect(after).toEqual({ pause: { reason: "circuit_open", durationMs: null } });
  });
});

test("Retry-After pauses the webhook for its time, an hour at most", () => {
  const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  expect(fail(breaker, 0, false, { ...FAILED, retryAfterMs: 2000 })?.pause).toEqual({
    reason: "retry_after",
    durationMs: 2000,
  });
  expect(fail(breaker, 1, false, { ...FAILED, retryAfterMs: 10 * DAY })?.pause).toEqual({
    reason: "retry_after",
    durationMs: 3_600_000,
  });
  expect(fail(breaker, 2, false, { ...FAILED, retryAfterMs: 0 })?.pause).toBeUndefined();
});

test("maxRetryAfter limits the pauses of Retry-After and of the circuit", () => {
  const asks: Outcome = { ...FAILED, retryAfterMs: 10 * DAY };
  const longLimit = new CircuitBreaker({ ...DEFAULT_HEALTH_LIMITS, maxRetryAfterMs: 6 * HOUR });
  expect(fail(longLimit, 0, false, asks)?.pause).toEqual({ reason: "retry_after", durationMs: 6 * HOUR });
  expect(fail(longLimit, 1, true, asks)?.pause).toEqual({ reason: "circuit_open", durationMs: 6 * HOUR });
  const noLimit = new CircuitBreaker({ ...DEFAULT_HEALTH_LIMITS, maxRetryAfterMs: 0 });
  expect(fail(noLimit, 0, false, asks)).toBeNull();
});

/** A webhook that fails at these times, and the recorded change each time. */
function failingAt(times: readonly number[], first: WebhookRecord = record(null)): readonly unknown[] {
  const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  let now = first;
  return times.map((endedAt) => {
    const change = breaker.evaluate({ outcome: FAILED, isProbe: false, startedAt: endedAt, endedAt }, now);
    now = { ...now, ...change?.failureTimes };
    return change?.disableReason ?? change?.failureTimes ?? null;
  });
}

test("failingSince is recorded once, and cleared by a delivery", () => {
  const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  const failed = { outcome: FAILED, isProbe: false, startedAt: 5, endedAt: 7 };
  const delivered = { ...failed, outcome: { kind: "delivered" } } as const;
  expect(breaker.evaluate(failed, record(null))).toEqual({
    failureTimes: { failingSince: 7, lastFailedAt: 7 },
  });
  expect(breaker.evaluate(failed, record(7))).toBeNull();
  expect(breaker.evaluate(delivered, record(7))).toEqual({
    failureTimes: { failingSince: null, lastFailedAt: null },
  });
  expect(breaker.evaluate(delivered, record(null))).toBeNull();
});

test("lastFailedAt is recorded at most twice a day", () => {
  const written = failingAt(Array.from({ length: 3 * 24 * 60 }, (_, minute) => minute * 60_000));
  expect(written.flatMap((change, minute) => (change === null ? [] : [minute / 60]))).toEqual([
    0, 12, 24, 36, 48, 60,
  ]);
});

test("a webhook is disabled after five days of failures, and at once by 410", () => {
  const days = [0, 1, 2.2, 3.4, 4.6, 5 - 1e-9, 5].map((day) => day * DAY);
  expect(failingAt(days).at(-2)).toBeNull();
  expect(failingAt(days).at(-1)).toBe("failing");
  const gone: Outcome = { kind: "gone", reason: "answered 410" };
  const breaker = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  expect(breaker.evaluate({ outcome: gone, isProbe: false, startedAt: 0, endedAt: 1 }, record(null))).toEqual(
    {
      disableReason: "gone",
    },
  );
});

test("two failures with days between them do not count as five days of failures", () => {
  const [one, other] = [0, 6 * DAY];
  expect(failingAt([one, other])).toEqual([
    { failingSince: one, lastFailedAt: one },
    { failingSince: other, lastFailedAt: other },
  ]);
  // A gap of two days still counts as failing.
  expect(failingAt([0, 2 * DAY, 4 * DAY, 6 * DAY]).at(-1)).toBe("failing");
  expect(failingAt([0, 2 * DAY, 4 * DAY + 1, 6 * DAY]).at(-1)).toEqual({
    failingSince: 4 * DAY + 1,
    lastFailedAt: 6 * DAY,
  });
});

test("a rejected message does not change the failure times", () => {
  const refused: Outcome = { kind: "dead", reason: "invalid_blocks" };
  for (const before of [record(null), record(0)])
    expect(
      new CircuitBreaker(DEFAULT_HEALTH_LIMITS).evaluate(
        { outcome: refused, isProbe: false, startedAt: 6 * DAY, endedAt: 6 * DAY },
        before,
      ),
    ).toBeNull();
});

test("a record without lastFailedAt uses failingSince", () => {
  const { lastFailedAt: _, ...old } = record(0);
  expect(failingAt([2 * DAY], old)).toEqual([{ failingSince: 0, lastFailedAt: 2 * DAY }]);
  expect(failingAt([6 * DAY], old)).toEqual([{ failingSince: 6 * DAY, lastFailedAt: 6 * DAY }]);
});
