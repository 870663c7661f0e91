import type { RetryPolicy } from "@heron-webhooks/core/delivery";
import type { DispatcherSettings, HealthLimits } from "@heron-webhooks/engine";
import type { SenderHooks } from "./hooks.ts";

/** Settings of attempts, in addition to those of the dispatcher. Durations are in milliseconds. */
export interface AttemptSettings extends DispatcherSettings {
  readonly retryPolicy: RetryPolicy;
  /** A delivery that is pending for longer is dead. */
  readonly expireAfterMs: number;
  readonly healthLimits: HealthLimits;
  readonly random: () => number;
  readonly hooks: SenderHooks;
}
