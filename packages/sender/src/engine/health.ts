import type { Outcome } from "@heron-webhooks/core";
import type { WebhookRecord } from "../store/records.ts";
import type { GateChange } from "../store/store.ts";

/** When a webhook that fails is left alone, and when it is given up. */
export interface HealthLimits {
  /** So many failures in a row close the circuit. */
  readonly failures: number;
  /** For how long at first, and at most, in milliseconds; it doubles in between. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** After failing for so long, in milliseconds, the webhook is disabled. */
  readonly disableAfterMs: number;
}

export const HEALTH: HealthLimits = {
  failures: 10,
  firstMs: 60_000,
  longestMs: 3_600_000,
  disableAfterMs: 5 * 86_400_000,
};

/** What follows from an outcome for the webhook, beside its delivery. */
export interface HealthChange {
  readonly gate?: Pick<GateChange, "gate" | "closedMs">;
  /** Whether from now on it fails, or does no more; undefined if that is as it was. */
  readonly failingSince?: number | null;
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

interface Failing {
  inARow: number;
  /** For how long the circuit was closed last, in milliseconds; 0 if it was not. */
  closedMs: number;
  closedAt: number;
}

/** How the webhooks of this process are doing: failures in a row, and how long each circuit was closed last. */
export class Health {
  readonly #limits: HealthLimits;
  readonly #failing = new Map<string, Failing>();

  constructor(limits: HealthLimits) {
    this.#limits = limits;
  }

  /** Takes in what an attempt came to, and says what follows; null if nothing does. */
  after(
    { outcome, probe, began, ended }: Attempted,
    { id, failingSince }: WebhookRecord,
  ): HealthChange | null {
    if (outcome.kind === "delivered") {
      this.#failing.delete(id);
      if (failingSince === null && !probe) return null;
      return {
        ...(failingSince === null ? {} : { failingSince: null }),
        ...(probe ? { gate: { gate: "circuit", closedMs: null } as const } : {}),
      };
    }
    if (outcome.kind === "gone") return { disable: "gone" };
    if (failingSince !== null && ended - failingSince >= this.#limits.disableAfterMs)
      return { disable: "failing" };
    // What is wrong with one message says nothing of its receiver.
    const begun = failingSince === null && outcome.kind === "retry" ? { failingSince: ended } : {};
    const gate =
      outcome.kind === "retry" ? this.#gateAfter(id, probe, began, ended, outcome.after ?? 0) : undefined;
    if (gate === undefined) return failingSince === null ? begun : null;
    return { ...begun, gate };
  }

  forget(id: string): void {
    this.#failing.delete(id);
  }

  #gateAfter(id: string, probe: boolean, began: number, ended: number, after: number): HealthChange["gate"] {
    const state = this.#failing.get(id) ?? { inARow: 0, closedMs: 0, closedAt: 0 };
    this.#failing.set(id, state);
    // Attempts that were under way when the circuit closed say nothing new.
    if (began >= state.closedAt) state.inARow += 1;
    if (probe || state.inARow >= this.#limits.failures) {
      state.closedMs = Math.min(this.#limits.longestMs, state.closedMs * 2 || this.#limits.firstMs);
      state.closedAt = ended;
      state.inARow = 0;
      return { gate: "circuit", closedMs: Math.max(state.closedMs, Math.min(after, LONGEST_RETRY_AFTER)) };
    }
    return after === 0 ? undefined : { gate: "retry-after", closedMs: Math.min(after, LONGEST_RETRY_AFTER) };
  }
}

const LONGEST_RETRY_AFTER = 3_600_000;
