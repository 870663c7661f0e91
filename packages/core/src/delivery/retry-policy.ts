import { type Duration, parseDuration } from "../duration.ts";
import { HeronError } from "../errors.ts";
import { formatValue } from "../text.ts";
import type { Outcome } from "./outcome.ts";

/** When a delivery is retried. */
export interface RetryPolicy {
  /** The delays between attempts, in milliseconds: one fewer than the attempts. */
  readonly delays: readonly number[];
  /** The random part of a delay, as a fraction in either direction, so that simultaneous failures do not retry together. */
  readonly jitter: number;
  /** The longest Retry-After that is honoured, in milliseconds. */
  readonly maxRetryAfter: number;
}

/** The options of {@link createRetryPolicy}. */
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
 * Creates a retry policy.
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

/** Retry policies: `standard` retries for two days, `heron` as Heron Data does. Source: Heron Data, "FAQs". */
export const retryPolicies: { readonly standard: RetryPolicy; readonly heron: RetryPolicy } = {
  standard: /* @__PURE__ */ createRetryPolicy({
    delays: ["5s", "1m", "5m", "15m", "1h", "3h", "6h", "12h", "24h"],
  }),
  heron: /* @__PURE__ */ createRetryPolicy({ delays: ["1m", "5m", "15m"] }),
};

/**
 * The delay after attempt number `attempt` with this outcome, in milliseconds; null for no further attempt.
 *
 * `random` (from 0 up to 1) selects the jitter. A longer Retry-After of the receiver wins, up to `maxRetryAfter`. A
 * shorter one is ignored: a receiver that always sends 0 would exhaust all attempts within a second.
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
