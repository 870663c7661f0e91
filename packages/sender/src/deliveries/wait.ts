import type { DeliveryRecord, GateRecord } from "@heron-webhooks/engine";

/** What a pending delivery waits for. */
export type DeliveryWait =
  /** The time of its next attempt. */
  | { readonly for: "retry"; readonly ms: number }
  /** A closed gate, of its webhook or of its account; for so long, or until somebody opens it. */
  | {
      readonly for: "gate";
      readonly gate: GateRecord["gate"];
      readonly scope: GateRecord["scope"];
      readonly ms: number | null;
    }
  /** Its turn, or the end of its attempt. */
  | { readonly for: "turn" };

/** How a webhook is, as far as its deliveries wait for it. */
export interface WebhookState {
  readonly enabled: boolean;
  readonly gates: readonly GateRecord[];
}

/** Of several reasons the one that lasts longest. */
export function waitOf({ dueIn }: DeliveryRecord, { enabled, gates }: WebhookState): DeliveryWait {
  const disabled: GateRecord = { gate: "disabled", scope: "webhook", closedMs: null };
  const closed = enabled ? gates : [disabled, ...gates];
  const [last] = [...closed].sort((one, other) => length(other) - length(one));
  if (last !== undefined && length(last) >= (dueIn ?? 0))
    return { for: "gate", gate: last.gate, scope: last.scope, ms: last.closedMs };
  return dueIn !== null && dueIn > 0 ? { for: "retry", ms: dueIn } : { for: "turn" };
}

function length({ closedMs }: GateRecord): number {
  return closedMs ?? Number.POSITIVE_INFINITY;
}
