import { type Outcome, retryPolicies } from "@heron-webhooks/core";
import type { PauseChange } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";

/** When a webhook that fails is left alone, and when it is given up. */
export interface HealthLimits {
  /** So many failures in a row close the circuit. */
  readonly failureThreshold: number;
  /** For how long at first, and at most, in milliseconds; it doubles in between. */
  readonly minOpenMs: number;
  readonly maxOpenMs: number;
  /** For how long a receiver may ask to be left alone, in milliseconds. */
  readonly maxRetryAfterMs: number;
  /** After failing for so long, in milliseconds, the webhook is disabled. */
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
 * After so long without a failure, in milliseconds, the next one is the first again: of two with days of quiet between,
 * nobody knows that it failed in those.
 */
const MAX_FAILURE_GAP_MS = 2 * 86_400_000;

/**
 * How far behind `failedAt` may be, in milliseconds, so that it is not written with every attempt. With the longest wait
 * of `retrySchedules.standard`, 24 h and a fifth, it is under {@link MAX_FAILURE_GAP_MS}.
 */
const LAST_FAILED_AT_INTERVAL_MS = 12 * 3_600_000;

/** Since when a webhook fails, and when it last did; both null if it does not. */
export type FailureTimes = Required<Pick<WebhookRecord, "failingSince" | "lastFailedAt">>;

/** What follows from an outcome for the webhook, beside its delivery. */
export interface HealthUpdate {
  readonly pause?: Pick<PauseChange, "reason" | "durationMs">;
  /** Undefined if that is as it was. */
  readonly failureTimes?: FailureTimes;
  readonly disableReason?: "gone" | "failing";
}

/** An attempt, as far as health is concerned. */
export interface ObservedAttempt {
  readonly outcome: Outcome;
  /** It was let through after a circuit. */
  readonly isProbe: boolean;
  /** When it began and when it ended, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

interface CircuitState {
  consecutiveFailures: number;
  /** For how long the circuit was closed last, in milliseconds; 0 if it was not. */
  openMs: number;
  openedAt: number;
}

/** How the webhooks of this process are doing: failures in a row, and how long each circuit was closed last. */
export class CircuitBreaker {
  readonly #limits: HealthLimits;
  readonly #circuits = new Map<string, CircuitState>();

  constructor(limits: HealthLimits) {
    this.#limits = limits;
  }

  /** Takes in what an attempt came to, and says what follows; null if nothing does. */
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
    const pause = outcome.kind === "retry" ? this.#getPause(record.id, attempt, outcome.retryAfterMs) : undefined;
    if (pause !== undefined) return { ...update, pause };
    return update.failureTimes === undefined ? null : update;
  }

  reset(id: string): void {
    this.#circuits.delete(id);
  }

  #evaluateFailure({ outcome, endedAt }: ObservedAttempt, { failingSince, lastFailedAt }: WebhookRecord): HealthUpdate {
    if (failingSince === null || endedAt - (lastFailedAt ?? failingSince) > MAX_FAILURE_GAP_MS)
      // What is wrong with one message says nothing of its receiver.
      return outcome.kind === "retry" ? { failureTimes: { failingSince: endedAt, lastFailedAt: endedAt } } : {};
    if (endedAt - failingSince >= this.#limits.disableAfterMs) return { disableReason: "failing" };
    return endedAt - (lastFailedAt ?? failingSince) >= LAST_FAILED_AT_INTERVAL_MS ? { failureTimes: { failingSince, lastFailedAt: endedAt } } : {};
  }

  #getPause(id: string, { isProbe, startedAt, endedAt }: ObservedAttempt, retryAfterMs = 0): HealthUpdate["pause"] {
    const { failureThreshold, minOpenMs, maxOpenMs, maxRetryAfterMs } = this.#limits;
    const circuit = this.#circuits.get(id) ?? { consecutiveFailures: 0, openMs: 0, openedAt: 0 };
    this.#circuits.set(id, circuit);
    const cappedRetryAfterMs = Math.min(retryAfterMs, maxRetryAfterMs);
    // Attempts that were under way when the circuit closed say nothing new.
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
