import type { DeliveryRecord, PauseRecord } from "@heron-webhooks/engine";

/** What a pending delivery waits for. */
export type DeliveryWait =
  /** The time of its next attempt. */
  | { readonly kind: "retry"; readonly remainingMs: number }
  /** A pause of its webhook or its account. `remainingMs` is null if the pause has no end. */
  | {
      readonly kind: "pause";
      readonly reason: PauseRecord["reason"];
      readonly scope: PauseRecord["scope"];
      readonly remainingMs: number | null;
    }
  /** A free slot, or the end of its attempt in flight. */
  | { readonly kind: "slot" };

/** The part of a webhook's state that its deliveries wait for. */
export interface WebhookState {
  readonly enabled: boolean;
  readonly pauses: readonly PauseRecord[];
}

/** Returns the reason that lasts longest. */
export function toDeliveryWait(
  { nextAttemptInMs }: DeliveryRecord,
  { enabled, pauses }: WebhookState,
): DeliveryWait {
  const disabledPause: PauseRecord = { reason: "disabled", scope: "webhook", remainingMs: null };
  const activePauses = enabled ? pauses : [disabledPause, ...pauses];
  const [longest] = [...activePauses].sort((a, b) => getRemainingMs(b) - getRemainingMs(a));
  if (longest !== undefined && getRemainingMs(longest) >= (nextAttemptInMs ?? 0))
    return { kind: "pause", ...longest };
  return nextAttemptInMs !== null && nextAttemptInMs > 0
    ? { kind: "retry", remainingMs: nextAttemptInMs }
    : { kind: "slot" };
}

function getRemainingMs({ remainingMs }: PauseRecord): number {
  return remainingMs ?? Number.POSITIVE_INFINITY;
}
