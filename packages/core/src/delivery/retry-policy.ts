import { type Duration, parseDuration } from "../duration.ts";
import { HeronError } from "../errors.ts";
import { formatValue } from "../text.ts";
import type { Outcome } from "./outcome.ts";

/** When a delivery is tried again. */
export interface RetryPolicy {
  /** The waits between attempts, in milliseconds: one fewer than attempts are made. */
  readonly delays: readonly number[];
  /** How far a wait may be off, as a part of it either way, so that what failed together does not come back together. */
  readonly jitter: number;
  /** The longest that a receiver may ask to be left alone, in milliseconds. */
  readonly maxRetryAfter: number;
}

/** What {@link createRetryPolicy} takes. */
export interface RetryOptions {
  readonly delays: readonly Duration[];
  /** From 0 to 1. Default 0.2. */
  readonly jitter?: number | undefined;
  /** Default `"1h"`. */
  readonly maxRetryAfter?: Duration | undefined;
}

const MAX_DELAY_MS = 30 * 86_400_000;
const MAX_DELAYS = 100;

/**
 * A schedule of waits.
 * @throws HeronError `option_invalid`
 */
export function createRetryPolicy(options: RetryOptions): RetryPolicy {
  const { delays, jitter = 0.2, maxRetryAfter = "1h" } = options;
  if (!Array.isArray(delays) || delays.length > MAX_DELAYS)
    throw new HeronError("option_invalid", `delays must be a list of at most ${MAX_DELAYS} durations.`);
  if (typeof jitter !== "number" || !(jitter >= 0 && jitter <= 1))
    throw new HeronError(
      "option_invalid",
      `jitter must be a number from 0 to 1; it is ${formatValue(jitter)}.`,
    );
  const range = { min: 0, max: MAX_DELAY_MS };
  return {
    delays: delays.map((delay, i) => parseDuration(`delays[${i}]`, delay, range)),
    jitter,
    maxRetryAfter: parseDuration("maxRetryAfter", maxRetryAfter, range),
  };
}

/** Schedules by name: `standard` goes on for two days, `heron` is what Heron Data does. Source: Heron Data, "FAQs". */
export const retryPolicies: { readonly standard: RetryPolicy; readonly heron: RetryPolicy } = {
  standard: /* @__PURE__ */ createRetryPolicy({
    delays: ["5s", "1m", "5m", "15m", "1h", "3h", "6h", "12h", "24h"],
  }),
  heron: /* @__PURE__ */ createRetryPolicy({ delays: ["1m", "5m", "15m"] }),
};

/**
 * How long to wait, in milliseconds, after so many attempts of which the last came to this; null for no more.
 *
 * The wait is the schedule's, off by up to its jitter as `random` (from 0 up to 1) says. If the receiver asked to be
 * left alone for longer, it is that, up to the schedule's limit; it is never shorter for being asked, since a receiver
 * that always says "at once" would use up every attempt within a second.
 */
export function getRetryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  outcome: Outcome,
  random: () => number,
): number | null {
  const delay = policy.delays[attempt - 1];
  if (outcome.kind !== "retry" || delay === undefined) return null;
  const jitteredDelay = delay * (1 + policy.jitter * (2 * random() - 1));
  return Math.round(Math.max(jitteredDelay, Math.min(outcome.retryAfterMs ?? 0, policy.maxRetryAfter)));
}
