import type { Delivery } from "@heron-webhooks/sender";
import { toIsoTime } from "./webhook-dto.ts";

/** Heron's words for what became of a delivery. */
const STATUS_BY_STATE = { pending: "pending", delivered: "sent", dead: "failed" } as const;

/** A delivery as the API shows it. */
export interface DeliveryDto {
  readonly heron_id: string;
  readonly webhook: string;
  readonly topic: string;
  readonly event: string;
  readonly created: string;
  readonly status: "pending" | "sent" | "failed";
  readonly attempt_count: number;
  readonly response_status: number | null;
  readonly reason: string | null;
  readonly next_attempt_at: number | null;
  readonly waiting_for: Delivery["waitingFor"];
}

export function toDeliveryDto(delivery: Delivery): DeliveryDto {
  const { id, webhook, event, state, attemptCount, responseStatus, reason, nextAttemptInMs, waitingFor } = delivery;
  return {
    heron_id: id,
    webhook,
    topic: event.topic,
    event: event.id,
    created: toIsoTime(event.publishedAt),
    status: STATUS_BY_STATE[state],
    attempt_count: attemptCount,
    // Heron's own log has 0 for a connection that failed.
    response_status: attemptCount === 0 ? null : (responseStatus ?? 0),
    reason,
    next_attempt_at: nextAttemptInMs,
    waiting_for: waitingFor,
  };
}
