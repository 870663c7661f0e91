import type { Condition } from "@heron-webhooks/sender";
import { formatCondition } from "./format-condition.ts";

/** Conditions as text. */
export function ConditionList({
  conditions,
  emptyText,
}: {
  readonly conditions: readonly Condition[];
  readonly emptyText: string;
}) {
  if (conditions.length === 0) return <span class="hint">{emptyText}</span>;
  return (
    <span class="condition-list">
      {conditions.map((condition, i) => (
        <span key={formatCondition(condition)}>
          {i > 0 && "and "}
          {formatCondition(condition)}
        </span>
      ))}
    </span>
  );
}
