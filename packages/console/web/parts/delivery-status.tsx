import type { Delivery } from "../api.ts";
import { pluralize, formatDuration } from "../format.ts";

/** What a delivery is, in a shape, a word and a colour. */
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
  if (status === "sent") return { name: "ok", shape: "✓", label: "Delivered" };
  if (status === "failed")
    return { name: "dead", shape: "✕", label: attempt_count === 0 ? "Dead" : `Dead: ${pluralize(attempt_count, "attempt")}` };
  if (waiting_for?.for === "gate")
    return { name: "gate", shape: "‖", label: `Held: ${getPauseLabel(waiting_for.gate)}` };
  if (attempt_count > 0) return { name: "warn", shape: "◐", label: `Retrying after ${pluralize(attempt_count, "attempt")}` };
  return { name: "wait", shape: "○", label: "Waiting" };
}

export function getPauseLabel(reason: string): string {
  const names: Readonly<Record<string, string>> = {
    disabled: "disabled",
    circuit_open: "repeated failures",
    retry_after: "rate limited by the receiver",
    rate,
  };
  return names[reason] ?? reason;
}

/** Why a delivery waits, in a sentence; null for one that does not. */
export function describeWait({ waiting_for, reason, attempt_count }: Delivery): string | null {
  if (waiting_for === null) return null;
  const failed = attempt_count === 0 || reason === null ? "" : ` The last attempt failed: ${reason}.`;
  if (waiting_for.for === "retry") return `The next attempt is in about ${formatDuration(waiting_for.ms)}.${failed}`;
  if (waiting_for.for === "turn") return `Queued: waiting for a free slot, or being attempted.${failed}`;
  const owner = waiting_for.scope === "account" ? "account" : "webhook";
  const remaining = waiting_for.ms === null ? "until it is enabled" : `for about ${formatDuration(waiting_for.ms)} more`;
  const explanations: Readonly<Record<string, string>> = {
    disabled: `The ${owner} is disabled: it waits ${remaining}, and nothing is lost.`,
    circuit: `Attempts failed one after the other, and the circuit is open ${remaining}; then one is let through to see.`,
    "retry-after": `The receiver asked to be left alone ${remaining}.`,
  };
  return `${explanations[waiting_for.gate] ?? `The ${waiting_for.gate} gate holds it ${remaining}.`}${failed}`;
}
