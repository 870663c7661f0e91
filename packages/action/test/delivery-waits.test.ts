import { describe, expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import type { Given } from "./runner/inputs.ts";
import type { StepResult } from "./runner/run-step.ts";
import { runPostStep } from "./step.ts";

interface MeasuredWait {
  readonly step: StepResult;
  /** Between the first request and the second, in milliseconds. */
  readonly wait: number;
  /** When the second request came, as `Date.now()` has it. */
  readonly again: number;
}

/** A step whose first attempt is answered with this Retry-After, and whose second is delivered. */
async function measureWait(
  retryAfter: string | (() => string) | undefined,
  given: Given = {},
  status = 429,
): Promise<MeasuredWait> {
  const { step, requests } = await runPostStep(given, {
    answers: (_, index) => {
      if (index > 0) return {};
      const value = typeof retryAfter === "function" ? retryAfter() : retryAfter;
      return { status, headers: value === undefined ? {} : { "retry-after": value } };
    },
  });
  expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "2" } });
  expect(parseSingleResult(step)).toMatchObject({
    outcome: "delivered",
    responseStatus: 200,
    attemptCount: 2,
  });
  const [first, second] = requests;
  return {
    step,
    wait: (second?.at ?? 0) - (first?.at ?? 0),
    again: performance.timeOrigin + (second?.at ?? 0),
  };
}

describe.concurrent("Retry-After", () => {
  // The action's own first wait is 1.2 s at the longest.
  test.each([429, 503, 408])("in seconds is kept, of an answer of %i", async (status) => {
    const { step, wait } = await measureWait("2", {}, status);
    expect(wait).toBeGreaterThan(1990);
    expect(step.log).toContain("; again in 2.0 s");
  });

  test("as a date is kept", async () => {
    let date = "";
    const { again } = await measureWait(() => {
      date = new Date(Date.now() + 4000).toUTCString();
      return date;
    });
    expect(again).toBeGreaterThan(Date.parse(date) - 10);
  });

  test.each(["999999999999", "3600", new Date(Date.now() + 86_400_000).toUTCString()])(
    "of %s is capped by max-retry-delay",
    async (retryAfter) => {
      const { step, wait } = await measureWait(retryAfter, { "max-retry-delay": "1s" });
      expect(wait).toBeGreaterThan(990);
      expect(step.log).toContain("; again in 1.0 s");
    },
  );

  test.each(["0", new Date(0).toUTCString(), "soon", "-1", "1.5", "1e9", "Infinity", ""])(
    "of %j changes nothing",
    async (retryAfter) => {
      const { step } = await measureWait(retryAfter, { "max-retry-delay": "30ms" });
      expect(step.log).toContain("; again in 0.0 s");
    },
  );
});

describe.concurrent("max-retry-delay", () => {
  test("is the longest wait even where chance adds to it", async () => {
    const many = (origin: string): Given => ({
      url: Array.from({ length: 10 }, (_, i) => `${origin}/${i}`).join("\n"),
      retries: 2,
      "max-retry-delay": "1s",
    });
    const { step } = await runPostStep(many, { answers: [{ status: 500 }] });
    const waits = [...step.log.matchAll(/again in (\d+\.\d) s/g)].map(([, seconds]) => Number(seconds));
    expect(waits).toHaveLength(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
    expect(Math.min(...waits)).toBeGreaterThan(0.5);
  });
});

test("without Retry-After the first wait is about a second", async () => {
  const { wait } = await measureWait(undefined);
  expect(wait).toBeGreaterThan(790);
});
