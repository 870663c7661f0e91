import type { Outcome } from "@heron-webhooks/core";
import { describe, expect, test } from "vitest";
import type { WebhookRecord } from "../src/index.ts";
import { CircuitBreaker, DEFAULT_HEALTH_LIMITS, type HealthUpdate } from "../src/index.ts";

const FAILED: Outcome = { kind: "retry", reason: "answered 500" };
const DAY = 86_400_000;

const HOUR = 3_600_000;

const record = (failingSince: number | null = 0, lastFailedAt: number | null = failingSince): WebhookRecord =>
  ({ id: "wbh_1", failingSince, lastFailedAt }) as WebhookRecord;

function fail(
  health: CircuitBreaker,
  startedAt: number,
  isProbe = false,
  outcome: Outcome = FAILED,
): HealthUpdate | null {
  return health.evaluate({ outcome, isProbe, startedAt, endedAt: startedAt + 1 }, record());
}

describe("the circuit", () => {
  test("closes after ten failures in a row, for a minute", () => {
    const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 9; i++) expect(fail(health, i)).toBeNull();
    expect(fail(health, 9)).toEqual({ pause: { reason: "circuit_open", durationMs: 60_000 } });
  });

  test("counts failures in a row: one that is delivered begins the count anew", () => {
    const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 9; i++) fail(health, i);
    health.evaluate({ outcome: { kind: "delivered" }, isProbe: false, startedAt: 9, endedAt: 10 }, record());
    for (let i = 10; i < 19; i++) expect(fail(health, i)).toBeNull();
    expect(fail(health, 19)?.pause).toBeDefined();
  });

  test("is not closed longer by attempts that were under way when it closed", () => {
    const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 10; i++) fail(health, 5);
    for (let i = 0; i < 30; i++) expect(fail(health, 5)).toBeNull();
  });

  test("closes for twice as long each time the one let through fails, up to an hour", () => {
    const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    for (let i = 0; i < 10; i++) fail(health, i);
    const minutes = Array.from(
      { length: 8 },
      (_, i) => (fail(health, 1000 * (i + 1), true)?.pause?.durationMs as number) / 60_000,
    );
    expect(minutes).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test("opens when the one let through is delivered", () => {
    const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
    const after = health.evaluate(
      { outcome: { kind: "delivered" }, isProbe: true, startedAt: 0, endedAt: 1 },
      record(null),
    );
    expect(after).toEqual({ pause: { reason: "circuit_open", durationMs: null } });
  });
});

test("Retry-After closes a gate for as long as it says, an hour at most", () => {
  const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  expect(fail(health, 0, false, { ...FAILED, retryAfterMs: 2000 })?.pause).toEqual({
    reason: "retry_after",
    durationMs: 2000,
  });
  expect(fail(health, 1, false, { ...FAILED, retryAfterMs: 10 * DAY })?.pause).toEqual({
    reason: "retry_after",
    durationMs: 3_600_000,
  });
  expect(fail(health, 2, false, { ...FAILED, retryAfterMs: 0 })?.pause).toBeUndefined();
});

test("a schedule's own longest Retry-After is that of the gates, of a circuit's too", () => {
  const asks: Outcome = { ...FAILED, retryAfterMs: 10 * DAY };
  const patient = new CircuitBreaker({ ...DEFAULT_HEALTH_LIMITS, maxRetryAfterMs: 6 * HOUR });
  expect(fail(patient, 0, false, asks)?.pause).toEqual({ reason: "retry_after", durationMs: 6 * HOUR });
  expect(fail(patient, 1, true, asks)?.pause).toEqual({ reason: "circuit_open", durationMs: 6 * HOUR });
  const deaf = new CircuitBreaker({ ...DEFAULT_HEALTH_LIMITS, maxRetryAfterMs: 0 });
  expect(fail(deaf, 0, false, asks)).toBeNull();
});

/** A webhook that fails at these times, and what is written down of it each time. */
function failingAt(times: readonly number[], first: WebhookRecord = record(null)): readonly unknown[] {
  const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  let now = first;
  return times.map((endedAt) => {
    const change = health.evaluate({ outcome: FAILED, isProbe: false, startedAt: endedAt, endedAt }, now);
    now = { ...now, ...change?.failureTimes };
    return change?.disableReason ?? change?.failureTimes ?? null;
  });
}

test("since when it fails is written down once, and taken back when it is delivered", () => {
  const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  const failed = { outcome: FAILED, isProbe: false, startedAt: 5, endedAt: 7 };
  const delivered = { ...failed, outcome: { kind: "delivered" } } as const;
  expect(health.evaluate(failed, record(null))).toEqual({
    failureTimes: { failingSince: 7, lastFailedAt: 7 },
  });
  expect(health.evaluate(failed, record(7))).toBeNull();
  expect(health.evaluate(delivered, record(7))).toEqual({
    failureTimes: { failingSince: null, lastFailedAt: null },
  });
  expect(health.evaluate(delivered, record(null))).toBeNull();
});

test("when it failed last is written down twice a day at most, however often it fails", () => {
  const written = failingAt(Array.from({ length: 3 * 24 * 60 }, (_, minute) => minute * 60_000));
  expect(written.flatMap((change, minute) => (change === null ? [] : [minute / 60]))).toEqual([
    0, 12, 24, 36, 48, 60,
  ]);
});

test("five days of failing disable a webhook, 410 at once", () => {
  const days = [0, 1, 2.2, 3.4, 4.6, 5 - 1e-9, 5].map((day) => day * DAY);
  expect(failingAt(days).at(-2)).toBeNull();
  expect(failingAt(days).at(-1)).toBe("failing");
  const gone: Outcome = { kind: "gone", reason: "answered 410" };
  const health = new CircuitBreaker(DEFAULT_HEALTH_LIMITS);
  expect(health.evaluate({ outcome: gone, isProbe: false, startedAt: 0, endedAt: 1 }, record(null))).toEqual({
    disableReason: "gone",
  });
});

test("two failures with days of quiet between are no five days of failing", () => {
  const [one, other] = [0, 6 * DAY];
  expect(failingAt([one, other])).toEqual([
    { failingSince: one, lastFailedAt: one },
    { failingSince: other, lastFailedAt: other },
  ]);
  // Two days are the longest quiet that counts as failing on.
  expect(failingAt([0, 2 * DAY, 4 * DAY, 6 * DAY]).at(-1)).toBe("failing");
  expect(failingAt([0, 2 * DAY, 4 * DAY + 1, 6 * DAY]).at(-1)).toEqual({
    failingSince: 4 * DAY + 1,
    lastFailedAt: 6 * DAY,
  });
});

test("a message that is refused for its own sake neither begins days of failing nor begins them anew", () => {
  const refused: Outcome = { kind: "dead", reason: "invalid_blocks" };
  for (const before of [record(null), record(0)])
    expect(
      new CircuitBreaker(DEFAULT_HEALTH_LIMITS).evaluate(
        { outcome: refused, isProbe: false, startedAt: 6 * DAY, endedAt: 6 * DAY },
        before,
      ),
    ).toBeNull();
});

test("a record from before failures were written down has failed last when it began to", () => {
  const { lastFailedAt: _, ...old } = record(0);
  expect(failingAt([2 * DAY], old)).toEqual([{ failingSince: 0, lastFailedAt: 2 * DAY }]);
  expect(failingAt([6 * DAY], old)).toEqual([{ failingSince: 6 * DAY, lastFailedAt: 6 * DAY }]);
});
