import type { Delivery } from "@heron-webhooks/sender";
import { timeOf } from "./shown.ts";

/** Heron's words for what became of a delivery. */
const STATUS = { pending: "pending", delivered: "sent", dead: "failed" } as const;

/** A delivery as the API shows it. */
export interface ShownDelivery {
  readonly heron_id: string;
  readonly webhook: string;
  readonly topic: string;
  readonly event: string;
  readonly created: string;
  readonly status: "pending" | "sent" | "failed";
  readonly attempts: number;
  readonly http_status: number | null;
  readonly reason: string | null;
  readonly due_ms: number | null;
  readonly waits_for: Delivery["waitsFor"];
}

export function shownDelivery(delivery: Delivery): ShownDelivery {
  const { id, webhook, event, state, attempts, status, reason, dueIn, waitsFor } = delivery;
  return {
    heron_id: id,
    webhook,
    topic: event.topic,
    event: event.id,
    created: timeOf(event.published),
    status: STATUS[state],
    attempts,
    // Heron's own log has 0 for a connection that failed.
    http_status: attempts === 0 ? null : (status ?? 0),
    reason,
    due_ms: dueIn,
    waits_for: waitsFor,
  };
}
