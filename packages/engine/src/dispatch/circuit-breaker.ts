import { type Outcome, retryPolicies } from "@heron-webhooks/core/delivery";
import type { PauseChange } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";

/** When the circuit of a failing webhook opens, and when the webhook is disabled. Durations are in milliseconds. */
export interface HealthLimits {
  /** Consecutive failures that open the circuit. */
  readonly failureThreshold: number;
  /** How long the circuit stays open at first, and at most. The time doubles with each failed probe. */
  readonly minOpenMs: number;
  readonly maxOpenMs: number;
  /** The longest `Retry-After` that is honoured. */
  readonly maxRetryAfterMs: number;
  /** After failing for this long, the webhook is disabled. */
  readonly disableAfterMs: number;
}

export const DEFAULT_HEALTH_LIMITS: HealthLimits = {
  failureThreshold: 10,
  minOpenMs: 60_000,
  maxOpenMs: 3_600_000,
  maxRetryAfterMs: retryPolicies.standard.maxRetryAfter,
  disableAfterMs: 5 * 86_400_000,
};

/**
 * After this long without a failure, the next failure starts a new count: nothing is known about the time in between.
 */
const MAX_FAILURE_GAP_MS = 2 * 86_400_000;

/**
 * How far `lastFailedAt` may lag behind, so that it is not written with every attempt. Together with the longest delay
 * of `retryPolicies.standard`, 24 h plus a fifth, it stays below {@link MAX_FAILURE_GAP_MS}.
 */
const LAST_FAILED_AT_INTERVAL_MS = 12 * 3_600_000;

/** When the webhook started to fail, and when it last failed. Both are null while it succeeds. */
export type FailureTimes = Required<Pick<WebhookRecord, "failingSince" | "lastFailedAt">>;

/** What an outcome changes about the webhook, in addition to its delivery. */
export interface HealthUpdate {
  readonly pause?: Pick<PauseChange, "reason" | "durationMs">;
  /** Undefined if the times do not change. */
  readonly failureTimes?: FailureTimes;
  readonly disableReason?: "gone" | "failing";
}

/** The part of an attempt that the circuit breaker reads. */
export interface ObservedAttempt {
  readonly outcome: Outcome;
  /** The attempt is the trial of a half-open circuit. */
  readonly isProbe: boolean;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

interface CircuitState {
  consecutiveFailures: number;
  /** How long the circuit was last open, in milliseconds. 0 if it has never opened. */
  openMs: number;
  openedAt: number;
}

/** Counts consecutive failures per webhook, and opens and closes their circuits. The state is local to this process. */
export class CircuitBreaker {
  readonly #limits: HealthLimits;
  readonly #circuits = new Map<string, CircuitState>();

  constructor(limits: HealthLimits) {
    this.#limits = limits;
  }

  /** Records an attempt and returns the resulting change of the webhook, or null if there is none. */
  evaluate(attempt: ObservedAttempt, record: WebhookRecord): HealthUpdate | null {
    const { outcome, isProbe } = attempt;
    if (outcome.kind === "delivered") {
      this.#circuits.delete(record.id);
      if (record.failingSince === null && !isProbe) return null;
      return {
        ...(record.failingSince === null ? {} : { failureTimes: { failingSince: null, lastFailedAt: null } }),
        ...(isProbe ? { pause: { reason: "circuit_open", durationMs: null } as const } : {}),
      };
    }
    if (outcome.kind === "gone") return { disableReason: "gone" };
    const update = this.#evaluateFailure(attempt, record);
    if (update.disableReason !== undefined) return update;
    const pause =
      outcome.kind === "retry" ? this.#getPause(record.id, attempt, outcome.retryAfterMs) : undefined;
    if (pause !== undefined) return { ...update, pause };
    return update.failureTimes === undefined ? null : update;
  }

  reset(id: string): void {
    this.#circuits.delete(id);
  }

  #evaluateFailure(
    { outcome, endedAt }: ObservedAttempt,
    { failingSince, lastFailedAt }: WebhookRecord,
  ): HealthUpdate {
    if (failingSince === null || endedAt - (lastFailedAt ?? failingSince) > MAX_FAILURE_GAP_MS)
      // A rejected message says nothing about the receiver's health.
      return outcome.kind === "retry"
        ? { failureTimes: { failingSince: endedAt, lastFailedAt: endedAt } }
        : {};
    if (endedAt - failingSince >= this.#limits.disableAfterMs) return { disableReason: "failing" };
    return endedAt - (lastFailedAt ?? failingSince) >= LAST_FAILED_AT_INTERVAL_MS
      ? { failureTimes: { failingSince, lastFailedAt: endedAt } }
      : {};
  }

  #getPause(
    id: string,
    { isProbe, startedAt, endedAt }: ObservedAttempt,
    retryAfterMs = 0,
  ): HealthUpdate["pause"] {
    const { failureThreshold, minOpenMs, maxOpenMs, maxRetryAfterMs } = this.#limits;
    const circuit = this.#circuits.get(id) ?? { consecutiveFailures: 0, openMs: 0, openedAt: 0 };
    this.#circuits.set(id, circuit);
    const cappedRetryAfterMs = Math.min(retryAfterMs, maxRetryAfterMs);
    // Attempts that started before the circuit opened carry no new information.
    if (startedAt >= circuit.openedAt) circuit.consecutiveFailures += 1;
    if (isProbe || circuit.consecutiveFailures >= failureThreshold) {
      circuit.openMs = Math.min(maxOpenMs, circuit.openMs * 2 || minOpenMs);
      circuit.openedAt = endedAt;
      circuit.consecutiveFailures = 0;
      return { reason: "circuit_open", durationMs: Math.max(circuit.openMs, cappedRetryAfterMs) };
    }
    return cappedRetryAfterMs === 0 ? undefined : { reason: "retry_after", durationMs: cappedRetryAfterMs };
  }
}
