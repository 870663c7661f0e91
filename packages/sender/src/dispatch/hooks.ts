import type { Logger, Outcome } from "@heron-webhooks/core";
import type { AttemptRecord, Claim } from "@heron-webhooks/engine";
import type { Webhook } from "../webhooks/webhook.ts";

/** What an attempt came to. */
export interface AttemptEvent extends Omit<AttemptRecord, "number" | "endedAt"> {
  readonly outcome: Outcome["kind"];
  /** In how many milliseconds it will be tried again; null if it will not. */
  readonly retryInMs: number | null;
}

/** A delivery that has come to its end without having been delivered, with all the attempts that were made. */
export type DeadDelivery = Pick<Claim, "delivery" | "account" | "webhook" | "topic" | "attemptCount">;

/** Told of what happens. What a hook throws is logged and goes no further. */
export interface SenderHooks {
  /** An attempt was made; it is about to be recorded. */
  onAttempt?(attempt: AttemptEvent, claim: Claim, webhook: Webhook): void;
  /** A delivery is dead. The webhook is null if it could not be read, or is no more. */
  onDead?(reason: string, delivery: DeadDelivery, webhook: Webhook | null): void;
  /** A webhook was disabled. */
  onWebhookDisabled?(reason: "gone" | "failing", webhook: Webhook): void;
  /** Leases ended before their attempts were recorded: these will be made again, unless their webhook was removed. */
  onLeaseLost?(count: number): void;
}

export function callHook(
  { hooks, logger }: { readonly hooks: SenderHooks; readonly logger: Logger },
  call: (hooks: SenderHooks) => unknown,
): void {
  const logError = (error: unknown): void => logger.error({ err: error }, "heron-webhooks: a hook threw");
  try {
    const returned = call(hooks);
    // One that is async is not waited for, and must not end the process.
    if (returned instanceof Promise) returned.catch(logError);
  } catch (error) {
    logError(error);
  }
}
