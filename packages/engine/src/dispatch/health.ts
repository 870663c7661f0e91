import { type Outcome, retrySchedules } from "@heron-webhooks/core";
import type { GateChange } from "../storage/gates.ts";
import type { WebhookRecord } from "../storage/records.ts";

/** When a webhook that fails is left alone, and when it is given up. */
export interface HealthLimits {
  /** So many failures in a row close the circuit. */
  readonly failures: number;
  /** For how long at first, and at most, in milliseconds; it doubles in between. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** For how long a receiver may ask to be left alone, in milliseconds. */
  readonly longestRetryAfterMs: number;
  /** After failing for so long, in milliseconds, the webhook is disabled. */
  readonly disableAfterMs: number;
}

export const HEALTH: HealthLimits = {
  failures: 10,
  firstMs: 60_000,
  longestMs: 3_600_000,
  longestRetryAfterMs: retrySchedules.standard.longestRetryAfter,
  disableAfterMs: 5 * 86_400_000,
};

/**
 * After so long without a failure, in milliseconds, the next one is the first again: of two with days of quiet between,
 * nobody knows that it failed in those.
 */
const QUIET = 2 * 86_400_000;

/**
 * How far behind `failedAt` may be, in milliseconds, so that it is not written with every attempt. With the longest wait
 * of `retrySchedules.standard`, 24 h and a fifth, it is under {@link QUIET}.
 */
const BEHIND = 12 * 3_600_000;

/** Since when a webhook fails, and when it last did; both null if it does not. */
export type Failing = Required<Pick<WebhookRecord, "failingSince" | "failedAt">>;

/** What follows from an outcome for the webhook, beside its delivery. */
export interface HealthChange {
  readonly gate?: Pick<GateChange, "gate" | "closedMs">;
  /** Undefined if that is as it was. */
  readonly failing?: Failing;
  readonly disable?: "gone" | "failing";
}

/** An attempt, as far as health is concerned. */
export interface Attempted {
  readonly outcome: Outcome;
  /** It was let through after a circuit. */
  readonly probe: boolean;
  /** When it began and when it ended, in milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
}

interface Row {
  inARow: number;
  /** For how long the circuit was closed last, in milliseconds; 0 if it was not. */
  closedMs: number;
  closedAt: number;
}

/** How the webhooks of this process are doing: failures in a row, and how long each circuit was closed last. */
export class Health {
  readonly #limits: HealthLimits;
  readonly #rows = new Map<string, Row>();

  constructor(limits: HealthLimits) {
    this.#limits = limits;
  }

  /** Takes in what an attempt came to, and says what follows; null if nothing does. */
  after(attempted: Attempted, record: WebhookRecord): HealthChange | null {
    const { outcome, probe } = attempted;
    if (outcome.kind === "delivered") {
      this.#rows.delete(record.id);
      if (record.failingSince === null && !probe) return null;
      return {
        ...(record.failingSince === null ? {} : { failing: { failingSince: null, failedAt: null } }),
        ...(probe ? { gate: { gate: "circuit", closedMs: null } as const } : {}),
      };
    }
    if (outcome.kind === "gone") return { disable: "gone" };
    const change = this.#failed(attempted, record);
    if (change.disable !== undefined) return change;
    const gate = outcome.kind === "retry" ? this.#gateAfter(record.id, attempted, outcome.after) : undefined;
    if (gate !== undefined) return { ...change, gate };
    return change.failing === undefined ? null : change;
  }

  forget(id: string): void {
    this.#rows.delete(id);
  }

  #failed({ outcome, ended }: Attempted, { failingSince, failedAt }: WebhookRecord): HealthChange {
    if (failingSince === null || ended - (failedAt ?? failingSince) > QUIET)
      // What is wrong with one message says nothing of its receiver.
      return outcome.kind === "retry" ? { failing: { failingSince: ended, failedAt: ended } } : {};
    if (ended - failingSince >= this.#limits.disableAfterMs) return { disable: "failing" };
    return ended - (failedAt ?? failingSince) >= BEHIND ? { failing: { failingSince, failedAt: ended } } : {};
  }

  #gateAfter(id: string, { probe, began, ended }: Attempted, after = 0): HealthChange["gate"] {
    const { failures, firstMs, longestMs, longestRetryAfterMs } = this.#limits;
    const row = this.#rows.get(id) ?? { inARow: 0, closedMs: 0, closedAt: 0 };
    this.#rows.set(id, row);
    const asked = Math.min(after, longestRetryAfterMs);
    // Attempts that were under way when the circuit closed say nothing new.
    if (began >= row.closedAt) row.inARow += 1;
    if (probe || row.inARow >= failures) {
      row.closedMs = Math.min(longestMs, row.closedMs * 2 || firstMs);
      row.closedAt = ended;
      row.inARow = 0;
      return { gate: "circuit", closedMs: Math.max(row.closedMs, asked) };
    }
    return asked === 0 ? undefined : { gate: "retry-after", closedMs: asked };
  }
}
