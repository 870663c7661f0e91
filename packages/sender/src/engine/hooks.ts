import type { Logger, Outcome } from "@heron-webhooks/core";
import type { AttemptRecord, Claim } from "@heron-webhooks/engine";
import type { Webhook } from "../webhooks/webhook.ts";

/** What an attempt came to. */
export interface AttemptMade extends Omit<AttemptRecord, "number" | "at"> {
  readonly outcome: Outcome["kind"];
  /** In how many milliseconds it will be tried again; null if it will not. */
  readonly retryIn: number | null;
}

/** A delivery that has come to its end without having been delivered, with all the attempts that were made. */
export type DeadDelivery = Pick<Claim, "delivery" | "account" | "webhook" | "topic" | "attempts">;

/** Told of what happens. What a hook throws is logged and goes no further. */
export interface EngineHooks {
  /** An attempt was made; it is about to be recorded. */
  attempt?(made: AttemptMade, claim: Claim, webhook: Webhook): void;
  /** A delivery is dead. The webhook is null if it could not be read, or is no more. */
  dead?(reason: string, delivery: DeadDelivery, webhook: Webhook | null): void;
  /** A webhook was disabled. */
  disabled?(reason: "gone" | "failing", webhook: Webhook): void;
  /** Leases ended before their attempts were recorded: these will be made again, unless their webhook was removed. */
  lost?(count: number): void;
}

export function callHook(
  { hooks, logger }: { readonly hooks: EngineHooks; readonly logger: Logger },
  call: (hooks: EngineHooks) => unknown,
): void {
  const failed = (error: unknown): void => logger.error({ err: error }, "heron-webhooks: a hook threw");
  try {
    const called = call(hooks);
    // One that is async is not waited for, and must not end the process.
    if (called instanceof Promise) called.catch(failed);
  } catch (error) {
    failed(error);
  }
}
