import type { Delivery, Pause } from "../api.ts";
import { formatDuration, pluralize } from "../format.ts";

/** The state of a delivery as shape, label and colour. */
export function DeliveryStatus({ delivery }: { readonly delivery: Delivery }) {
  const { name, shape, label } = getStatusDisplay(delivery);
  return (
    <span class={`mark ${name}`}>
      <span class="shape" aria-hidden="true">
        {shape}
      </span>
      {label}
    </span>
  );
}

function getStatusDisplay({ status, attempt_count, waiting_for }: Delivery): {
  readonly name: string;
  readonly shape: string;
  readonly label: string;
} {
  if (status === "delivered") return { name: "ok", shape: "✓", label: "Delivered" };
  if (status === "dead")
    return {
      name: "dead",
      shape: "✕",
      label: attempt_count === 0 ? "Dead" : `Dead after ${pluralize(attempt_count, "attempt")}`,
    };
  if (waiting_for?.kind === "pause")
    return { name: "paused", shape: "‖", label: `Paused: ${getPauseLabel(waiting_for.reason)}` };
  if (attempt_count > 0)
    return { name: "warn", shape: "◐", label: `Retrying after ${pluralize(attempt_count, "attempt")}` };
  return { name: "wait", shape: "○", label: "Pending" };
}

export function getPauseLabel(reason: Pause["reason"]): string {
  return PAUSE_LABELS[reason];
}

const PAUSE_LABELS: Readonly<Record<Pause["reason"], string>> = {
  disabled: "disabled",
  circuit_open: "repeated failures",
  retry_after: "rate limited by the receiver",
};

/** Why a pending delivery has not been sent, as a sentence; null for other deliveries. */
export function describeWait({ waiting_for, reason, attempt_count }: Delivery): string | null {
  if (waiting_for === null) return null;
  const failed = attempt_count === 0 || reason === null ? "" : ` Last attempt: ${reason}.`;
  if (waiting_for.kind === "retry")
    return `Next attempt in about ${formatDuration(waiting_for.remaining_ms)}.${failed}`;
  if (waiting_for.kind === "slot") return `Queued: waiting for a free slot, or being attempted.${failed}`;
  const owner = waiting_for.scope === "account" ? "account" : "webhook";
  const remaining =
    waiting_for.remaining_ms === null
      ? "until it is enabled"
      : `for about ${formatDuration(waiting_for.remaining_ms)}`;
  const explanations: Readonly<Record<Pause["reason"], string>> = {
    disabled: `The ${owner} is disabled. The delivery is kept ${remaining}.`,
    circuit_open: `Paused after repeated failures ${remaining}; then one attempt is made.`,
    retry_after: `The receiver asked to wait (Retry-After) ${remaining}.`,
  };
  return `${explanations[waiting_for.reason]}${failed}`;
}
