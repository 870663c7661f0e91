import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/delivery/outcome.ts";
import {
  createRetryPolicy,
  getRetryDelayMs,
  type RetryOptions,
  retryPolicies,
} from "../../src/delivery/retry-policy.ts";
import { catchHeronError } from "../test-receiver.ts";

const RETRY: Outcome = { kind: "retry", reason: "x" };
const after = (ms: number): Outcome => ({ ...RETRY, retryAfterMs: ms });
const middle = (): number => 0.5;
const lowest = (): number => 0;
const highest = (): number => 1 - Number.EPSILON / 2;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("the retry policies by name", () => {
  test.each([
    [
      "standard",
      [5 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR],
    ],
    ["heron", [MINUTE, 5 * MINUTE, 15 * MINUTE]],
  ] as const)("%s: each wait in turn, and then no more", (name, delays) => {
    const schedule = retryPolicies[name];
    expect(schedule).toEqual({ delays, jitter: 0.2, maxRetryAfter: HOUR });
    const waits = delays.map((_, i) => getRetryDelayMs(schedule, i + 1, RETRY, middle));
    expect(waits).toEqual(delays);
    expect(getRetryDelayMs(schedule, delays.length + 1, RETRY, middle)).toBe(null);
    expect(getRetryDelayMs(schedule, 1000, after(5), middle)).toBe(null);
  });
});

test.each<Outcome>([{ kind: "delivered" }, { kind: "dead", reason: "x" }, { kind: "gone", reason: "x" }])(
  "after $kind there is no more, and no wait is drawn",
  (outcome) => {
    expect(getRetryDelayMs(retryPolicies.standard, 1, outcome, () => expect.unreachable())).toBe(null);
  },
);

test.each([0, -1, 1.5, Number.NaN])("before the first attempt there is no wait: %d", (attempt) => {
  expect(getRetryDelayMs(retryPolicies.standard, attempt, RETRY, middle)).toBe(null);
});

describe("jitter", () => {
  test("takes a fifth away or adds it, as the random source says", () => {
    const { standard } = retryPolicies;
    expect(getRetryDelayMs(standard, 2, RETRY, lowest)).toBe(48 * SECOND);
    expect(getRetryDelayMs(standard, 2, RETRY, () => 0.25)).toBe(54 * SECOND);
    expect(getRetryDelayMs(standard, 2, RETRY, middle)).toBe(60 * SECOND);
    expect(getRetryDelayMs(standard, 2, RETRY, () => 0.75)).toBe(66 * SECOND);
    expect(getRetryDelayMs(standard, 2, RETRY, highest)).toBe(72 * SECOND);
  });

  test("of 0 is none, of 1 from nothing to twice", () => {
    const none = createRetryPolicy({ delays: ["10s"], jitter: 0 });
    const full = createRetryPolicy({ delays: ["10s"], jitter: 1 });
    expect([lowest, middle, highest].map((random) => getRetryDelayMs(none, 1, RETRY, random))).toEqual([
      10_000, 10_000, 10_000,
    ]);
    expect([lowest, middle, highest].map((random) => getRetryDelayMs(full, 1, RETRY, random))).toEqual([
      0, 10_000, 20_000,
    ]);
  });

  test("one number is drawn for one wait", () => {
    let drawn = 0;
    getRetryDelayMs(retryPolicies.standard, 1, after(MINUTE), () => {
      drawn++;
      return 0.5;
    });
    expect(drawn).toBe(1);
  });
});

describe("being asked to wait", () => {
  test.each([
    ["longer counts", 1, 90 * SECOND, 90 * SECOND],
    ["longer than an hour is an hour", 1, 2 * HOUR, HOUR],
    ["an hour is one", 1, HOUR, HOUR],
    ["for ever is an hour", 1, Number.MAX_SAFE_INTEGER, HOUR],
    ["shorter is the schedule's own", 2, 10, MINUTE],
    ["not at all is the schedule's own", 2, 0, MINUTE],
    ["less than a wait that is longer than an hour is that wait", 9, HOUR, 24 * HOUR],
  ])("%s", (_, attempt, asked, delay) => {
    expect(getRetryDelayMs(retryPolicies.standard, attempt, after(asked), middle)).toBe(delay);
  });

  test("is not shortened by jitter", () => {
    expect(getRetryDelayMs(retryPolicies.standard, 1, after(30 * SECOND), lowest)).toBe(30 * SECOND);
  });

  test("has a limit of its own in a custom policy", () => {
    const schedule = createRetryPolicy({ delays: ["1s"], maxRetryAfter: "5s" });
    expect(getRetryDelayMs(schedule, 1, after(4 * SECOND), middle)).toBe(4 * SECOND);
    expect(getRetryDelayMs(schedule, 1, after(6 * SECOND), middle)).toBe(5 * SECOND);
    const deaf = createRetryPolicy({ delays: ["1s"], maxRetryAfter: 0 });
    expect(getRetryDelayMs(deaf, 1, after(6 * SECOND), middle)).toBe(SECOND);
  });
});

test("every wait is a whole number of milliseconds, within the jitter or what was asked", () => {
  const anySchedule = fc.record({
    delays: fc.array(fc.integer({ min: 0, max: 30 * 24 * HOUR }), { minLength: 1, maxLength: 5 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    maxRetryAfter: fc.integer({ min: 0, max: 24 * HOUR }),
  });
  fc.assert(
    fc.property(
      anySchedule,
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.nat(48 * HOUR), { nil: undefined }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (options, attempt, asked, random) => {
        const schedule = createRetryPolicy(options);
        const wait = getRetryDelayMs(
          schedule,
          attempt,
          asked === undefined ? RETRY : after(asked),
          () => random,
        );
        const own = options.delays[attempt - 1];
        if (own === undefined) return wait === null;
        const least = Math.max(own * (1 - options.jitter), Math.min(asked ?? 0, options.maxRetryAfter));
        const most = Math.max(own * (1 + options.jitter), Math.min(asked ?? 0, options.maxRetryAfter));
        expect(Number.isSafeInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(least));
        expect(wait).toBeLessThanOrEqual(Math.ceil(most));
        return true;
      },
    ),
    getRuns(1000),
  );
});

describe("a custom policy", () => {
  test("takes durations of every kind", () => {
    expect(createRetryPolicy({ delays: [0, 250, "1s", "1.5m", "30d"] })).toEqual({
      delays: [0, 250, 1000, 90_000, 30 * 24 * HOUR],
      jitter: 0.2,
      maxRetryAfter: HOUR,
    });
    expect(createRetryPolicy({ delays: [] }).delays).toEqual([]);
    expect(createRetryPolicy({ delays: Array(100).fill(1) }).delays).toHaveLength(100);
  });

  test.each([
    [{ delays: Array(101).fill(1) }, /^delays must be a list of at most 100 durations\.$/],
    [{ delays: "5s" }, /^delays must be a list of at most 100 durations\.$/],
    [
      { delays: [1, "soon"] },
      /^delays\[1\] must be a duration from 0 ms to 2592000000 ms, .*; it is "soon"\.$/,
    ],
    [{ delays: [-1] }, /^delays\[0\] must be a duration/],
    [{ delays: ["31d"] }, /^delays\[0\] must be a duration/],
    [{ delays: [], jitter: -0.1 }, /^jitter must be a number from 0 to 1; it is -0\.1\.$/],
    [{ delays: [], jitter: 1.1 }, /^jitter must be a number from 0 to 1; it is 1\.1\.$/],
    [{ delays: [], jitter: Number.NaN }, /^jitter must be a number from 0 to 1; it is NaN\.$/],
    [{ delays: [], jitter: "0.2" }, /^jitter must be a number from 0 to 1; it is "0\.2"\.$/],
    [{ delays: [], maxRetryAfter: "31d" }, /^maxRetryAfter must be a duration/],
  ])("%j is option_invalid", (options, says) => {
    const { code, message } = catchHeronError(() => createRetryPolicy(options as RetryOptions));
    expect(code).toBe("option_invalid");
    expect(message).toMatch(says);
  });
});
