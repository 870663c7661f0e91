import type { Clock, Logger, RetrySchedule } from "@heron-webhooks/core";
import type { HealthLimits } from "./health.ts";
import type { EngineHooks } from "./hooks.ts";

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
