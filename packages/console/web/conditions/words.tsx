import type { Condition } from "@heron-webhooks/sender";
import { sentenceOf } from "./sentence.ts";

/** Conditions as one says them. */
export function ConditionWords({
  when,
  none,
}: {
  readonly when: readonly Condition[];
  /** What is said where there are none. */
  readonly none: string;
}) {
  if (when.length === 0) return <span class="hint">{none}</span>;
  return (
    <span class="said">
      {when.map((condition, i) => (
        <span key={sentenceOf(condition)}>
          {i > 0 && "and "}
          {sentenceOf(condition)}
        </span>
      ))}
    </span>
  );
}
