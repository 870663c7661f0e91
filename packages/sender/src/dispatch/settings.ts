import type { RetryPolicy } from "@heron-webhooks/core";
import type { DispatcherSettings, HealthLimits } from "@heron-webhooks/engine";
import type { SenderHooks } from "./hooks.ts";

/** The settings of attempts, beside those of the queue. Durations are in milliseconds. */
export interface AttemptSettings extends DispatcherSettings {
  readonly retryPolicy: RetryPolicy;
  /** A delivery whose event is older is dead. */
  readonly expireAfterMs: number;
  readonly healthLimits: HealthLimits;
  readonly random: () => number;
  readonly hooks: SenderHooks;
}
