import type { Delivery } from "../api.ts";
import { many, span } from "../words.ts";

/** What a delivery is, in a shape, a word and a colour. */
export function Mark({ delivery }: { readonly delivery: Delivery }) {
  const { name, shape, word } = markOf(delivery);
  return (
    <span class={`mark ${name}`}>
      <span class="shape" aria-hidden="true">
        {shape}
      </span>
      {word}
    </span>
  );
}

function markOf({ status, attempts, waits_for }: Delivery): {
  readonly name: string;
  readonly shape: string;
  readonly word: string;
} {
  if (status === "sent") return { name: "ok", shape: "✓", word: "Delivered" };
  if (status === "failed")
    return { name: "dead", shape: "✕", word: attempts === 0 ? "Dead" : `Dead: ${many(attempts, "attempt")}` };
  if (waits_for?.for === "gate")
    return { name: "gate", shape: "‖", word: `Held: ${gateName(waits_for.gate)}` };
  if (attempts > 0) return { name: "warn", shape: "◐", word: `Retrying after ${many(attempts, "attempt")}` };
  return { name: "wait", shape: "○", word: "Waiting" };
}

export function gateName(gate: string): string {
  const names: Readonly<Record<string, string>> = {
    disabled: "disabled",
    circuit: "circuit open",
    "retry-after": "asked to wait",
    rate: "rate",
  };
  return names[gate] ?? gate;
}

/** Why a delivery waits, in a sentence; null for one that does not. */
export function whyOf({ waits_for, reason, attempts }: Delivery): string | null {
  if (waits_for === null) return null;
  const failed = attempts === 0 || reason === null ? "" : ` The last attempt failed: ${reason}.`;
  if (waits_for.for === "retry") return `The next attempt is in about ${span(waits_for.ms)}.${failed}`;
  if (waits_for.for === "turn") return `It is this delivery's turn, or its attempt is under way.${failed}`;
  const whose = waits_for.scope === "account" ? "account" : "webhook";
  const open = waits_for.ms === null ? "until somebody enables it" : `for about ${span(waits_for.ms)} more`;
  const because: Readonly<Record<string, string>> = {
    disabled: `The ${whose} is disabled: it waits ${open}, and nothing is lost.`,
    circuit: `Attempts failed one after the other, and the circuit is open ${open}; then one is let through to see.`,
    "retry-after": `The receiver asked to be left alone ${open}.`,
  };
  return `${because[waits_for.gate] ?? `The ${waits_for.gate} gate holds it ${open}.`}${failed}`;
}
