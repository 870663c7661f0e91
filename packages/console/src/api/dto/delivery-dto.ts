import type { Delivery, DeliveryWait } from "@heron-webhooks/sender";
import { type PauseDto, toIsoTime, toPauseDto } from "./webhook-dto.ts";

/** Why a pending delivery has not been sent. */
export type DeliveryWaitDto =
  | { readonly kind: "retry"; readonly remaining_ms: number }
  | ({ readonly kind: "pause" } & PauseDto)
  | { readonly kind: "slot" };

/** A delivery in API responses. */
export interface DeliveryDto {
  readonly heron_id: string;
  readonly webhook: string;
  readonly topic: string;
  readonly event: string;
  readonly created: string;
  readonly status: Delivery["state"];
  readonly attempt_count: number;
  readonly response_status: number | null;
  readonly reason: string | null;
  readonly next_attempt_in_ms: number | null;
  readonly waiting_for: DeliveryWaitDto | null;
}

export function toDeliveryDto(delivery: Delivery): DeliveryDto {
  const { id, webhook, event, state, attemptCount, responseStatus, reason, nextAttemptInMs, waitingFor } =
    delivery;
  return {
    heron_id: id,
    webhook,
    topic: event.topic,
    event: event.id,
    created: toIsoTime(event.publishedAt),
    status: state,
    attempt_count: attemptCount,
    // Heron's own log has 0 for a failed connection.
    response_status: attemptCount === 0 ? null : (responseStatus ?? 0),
    reason,
    next_attempt_in_ms: nextAttemptInMs,
    waiting_for: waitingFor === null ? null : toDeliveryWaitDto(waitingFor),
  };
}

function toDeliveryWaitDto(wait: DeliveryWait): DeliveryWaitDto {
  if (wait.kind === "slot") return { kind: wait.kind };
  if (wait.kind === "retry") return { kind: wait.kind, remaining_ms: wait.remainingMs };
  return { kind: wait.kind, ...toPauseDto(wait) };
}
