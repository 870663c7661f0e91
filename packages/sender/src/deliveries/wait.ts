import type { DeliveryRecord, PauseRecord } from "@heron-webhooks/engine";

/** What a pending delivery waits for. */
export type DeliveryWait =
  /** The time of its next attempt. */
  | { readonly for: "retry"; readonly ms: number }
  /** A closed gate, of its webhook or of its account; for so long, or until somebody opens it. */
  | {
      readonly for: "gate";
      readonly gate: PauseRecord["reason"];
      readonly scope: PauseRecord["scope"];
      readonly ms: number | null;
    }
  /** Its turn, or the end of its attempt. */
  | { readonly for: "turn" };

/** How a webhook is, as far as its deliveries wait for it. */
export interface WebhookState {
  readonly enabled: boolean;
  readonly pauses: readonly PauseRecord[];
}

/** Of several reasons the one that lasts longest. */
export function toDeliveryWait({ nextAttemptInMs }: DeliveryRecord, { enabled, pauses }: WebhookState): DeliveryWait {
  const disabledPause: PauseRecord = { reason: "disabled", scope: "webhook", remainingMs: null };
  const activePauses = enabled ? pauses : [disabledPause, ...pauses];
  const [longest] = [...activePauses].sort((a, b) => getRemainingMs(b) - getRemainingMs(a));
  if (longest !== undefined && getRemainingMs(longest) >= (nextAttemptInMs ?? 0))
    return { for: "gate", gate: longest.reason, scope: longest.scope, ms: longest.remainingMs };
  return nextAttemptInMs !== null && nextAttemptInMs > 0 ? { for: "retry", ms: nextAttemptInMs } : { for: "turn" };
}

function getRemainingMs({ remainingMs }: PauseRecord): number {
  return remainingMs ?? Number.POSITIVE_INFINITY;
}
