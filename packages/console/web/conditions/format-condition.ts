import type { Condition } from "@heron-webhooks/sender";
import { getOperatorLabel } from "./operators.ts";
import type { Scalar } from "./scalar-input.ts";

/** A condition as text, with strings in quotes. */
export function formatCondition({ path, op, value }: Condition): string {
  if (op === "exists") return `${path} ${value === false ? "does not exist" : "exists"}`;
  return `${path} ${getOperatorLabel(op)} ${isList(value) ? formatList(value) : formatScalar(value)}`;
}

function isList(value: Condition["value"]): value is readonly Scalar[] {
  return Array.isArray(value);
}

function formatList(values: readonly Scalar[]): string {
  const formatted = values.map(formatScalar);
  return formatted.length < 2
    ? formatted.join("")
    : `${formatted.slice(0, -1).join(", ")} or ${formatted.at(-1)}`;
}

function formatScalar(value: Scalar): string {
  return typeof value === "string" ? `“${value}”` : String(value);
}
