import type { Logger } from "@heron-webhooks/core";
import type { Outcome } from "@heron-webhooks/core/delivery";
import type { AttemptRecord, Claim } from "@heron-webhooks/engine";
import type { Webhook } from "../webhooks/webhook.ts";

/** An attempt and its outcome. */
export interface AttemptEvent extends Omit<AttemptRecord, "number" | "endedAt"> {
  readonly outcome: Outcome["kind"];
  /** Milliseconds until the next attempt; null if there is none. */
  readonly retryInMs: number | null;
}

/** A delivery that ended without being delivered, with its attempt count. */
export type DeadDelivery = Pick<Claim, "delivery" | "account" | "webhook" | "topic" | "attemptCount">;

/** Callbacks for events of the dispatcher. Errors that they throw are logged and ignored. */
export interface SenderHooks {
  /** Called after an attempt, before it is recorded. */
  onAttempt?(attempt: AttemptEvent, claim: Claim, webhook: Webhook): void;
  /** Called when a delivery is dead. The webhook is null if it could not be read or was deleted. */
  onDead?(reason: string, delivery: DeadDelivery, webhook: Webhook | null): void;
  /** Called when the sender disables a webhook. */
  onWebhookDisabled?(reason: "gone" | "failing", webhook: Webhook): void;
  /**
   * Called when leases expired before their attempts were recorded. The attempts will be repeated unless the webhook
   * was deleted.
   */
  onLeaseLost?(count: number): void;
}

export function callHook(
  { hooks, logger }: { readonly hooks: SenderHooks; readonly logger: Logger },
  call: (hooks: SenderHooks) => unknown,
): void {
  const logError = (error: unknown): void => logger.error({ err: error }, "heron-webhooks: a hook threw");
  try {
    const returned = call(hooks);
    // A promise is not awaited, and its rejection must not end the process.
    if (returned instanceof Promise) returned.catch(logError);
  } catch (error) {
    logError(error);
  }
}
