import type { RetryPolicy } from "@heron-webhooks/core";
import type { EngineSettings, HealthLimits } from "@heron-webhooks/engine";
import type { SenderHooks } from "./hooks.ts";

/** The settings of attempts, beside those of the queue. Durations are in milliseconds. */
export interface AttemptSettings extends EngineSettings {
  readonly schedule: RetryPolicy;
  /** A delivery whose event is older is dead. */
  readonly expireMs: number;
  readonly health: HealthLimits;
  readonly random: () => number;
  readonly hooks: SenderHooks;
}
