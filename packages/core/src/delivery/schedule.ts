import { type Duration, milliseconds } from "../duration.ts";
import { HeronError } from "../errors.ts";
import { shown } from "../shown.ts";
import type { Outcome } from "./outcome.ts";

/** When a delivery is tried again. */
export interface RetrySchedule {
  /** The waits between attempts, in milliseconds: one fewer than attempts are made. */
  readonly delays: readonly number[];
  /** How far a wait may be off, as a part of it either way, so that what failed together does not come back together. */
  readonly jitter: number;
  /** The longest that a receiver may ask to be left alone, in milliseconds. */
  readonly longestRetryAfter: number;
}

/** What {@link retrySchedule} takes. */
export interface RetryScheduleOptions {
  readonly delays: readonly Duration[];
  /** From 0 to 1. Default 0.2. */
  readonly jitter?: number | undefined;
  /** Default `"1h"`. */
  readonly longestRetryAfter?: Duration | undefined;
}

const LONGEST_DELAY = 30 * 86_400_000;
const MOST_DELAYS = 100;

/**
 * A schedule of waits.
 * @throws HeronError `option_invalid`
 */
export function retrySchedule(options: RetryScheduleOptions): RetrySchedule {
  const { delays, jitter = 0.2, longestRetryAfter = "1h" } = options;
  if (!Array.isArray(delays) || delays.length > MOST_DELAYS)
    throw new HeronError("option_invalid", `delays must be a list of at most ${MOST_DELAYS} durations.`);
  if (typeof jitter !== "number" || !(jitter >= 0 && jitter <= 1))
    throw new HeronError("option_invalid", `jitter must be a number from 0 to 1; it is ${shown(jitter)}.`);
  const within = { min: 0, max: LONGEST_DELAY };
  return {
    delays: delays.map((delay, i) => milliseconds(`delays[${i}]`, delay, within)),
    jitter,
    longestRetryAfter: milliseconds("longestRetryAfter", longestRetryAfter, within),
  };
}

/** Schedules by name: `standard` goes on for two days, `heron` is what Heron Data does. Source: Heron Data, "FAQs". */
export const retrySchedules: { readonly standard: RetrySchedule; readonly heron: RetrySchedule } = {
  standard: /* @__PURE__ */ retrySchedule({
    delays: ["5s", "1m", "5m", "15m", "1h", "3h", "6h", "12h", "24h"],
  }),
  heron: /* @__PURE__ */ retrySchedule({ delays: ["1m", "5m", "15m"] }),
};

/**
 * How long to wait, in milliseconds, after so many attempts of which the last came to this; null for no more.
 *
 * The wait is the schedule's, off by up to its jitter as `random` (from 0 up to 1) says. If the receiver asked to be
 * left alone for longer, it is that, up to the schedule's limit; it is never shorter for being asked, since a receiver
 * that always says "at once" would use up every attempt within a second.
 */
export function nextDelay(
  schedule: RetrySchedule,
  attempt: number,
  outcome: Outcome,
  random: () => number,
): number | null {
  const delay = schedule.delays[attempt - 1];
  if (outcome.kind !== "retry" || delay === undefined) return null;
  const own = delay * (1 + schedule.jitter * (2 * random() - 1));
  return Math.round(Math.max(own, Math.min(outcome.after ?? 0, schedule.longestRetryAfter)));
}
