import type { Clock, Logger, RetrySchedule } from "@heron-webhooks/core";
import type { AttemptRecord } from "../store/records.ts";
import type { Claim } from "../store/store.ts";
import type { Webhook } from "../webhooks/webhook.ts";
import type { HealthLimits } from "./health.ts";

/** What an engine is told. Times are in milliseconds. */
export interface EngineSettings {
  /** How many attempts may be under way. */
  readonly slots: number;
  readonly leaseMs: number;
  /** The longest sleep, for what no hint tells of. */
  readonly pollMs: number;
  readonly schedule: RetrySchedule;
  /** A delivery whose event is older is dead. */
  readonly expireMs: number;
  readonly health: HealthLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly hooks: EngineHooks;
}

/** Told of what happens. What a hook throws is logged and goes no further. */
export interface EngineHooks {
  /** An attempt was made, and recorded. */
  attempt?(made: Omit<AttemptRecord, "number" | "at">, claim: Claim, webhook: Webhook): void;
  /** A delivery has come to its end without having been delivered. */
  dead?(reason: string, claim: Claim, webhook: Webhook): void;
  /** A webhook was disabled. */
  disabled?(reason: "gone" | "failing", webhook: Webhook): void;
  /** Leases ended before their attempts were recorded. */
  lost?(count: number): void;
}
