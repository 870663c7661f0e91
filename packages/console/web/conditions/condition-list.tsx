import type { Condition } from "@heron-webhooks/sender";
import { formatCondition } from "./format-condition.ts";

/** Conditions as one says them. */
export function ConditionList({
  when,
  none: emptyText,
}: {
  readonly when: readonly Condition[];
  /** What is said where there are none. */
  readonly none: string;
}) {
  if (when.length === 0) return <span class="hint">{emptyText}</span>;
  return (
    <span class="said">
      {when.map((condition, i) => (
        <span key={formatCondition(condition)}>
          {i > 0 && "and "}
          {formatCondition(condition)}
        </span>
      ))}
    </span>
  );
}
