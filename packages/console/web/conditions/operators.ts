import type { ConditionOp } from "./scalar-input.ts";

/** Operators with their labels, in the order of the list. */
export const OPERATORS: readonly (readonly [op: ConditionOp, words: string])[] = [
  ["eq", "is"],
  ["ne", "is not"],
  ["gt", "is more than"],
  ["gte", "is at least"],
  ["lt", "is less than"],
  ["lte", "is at most"],
  ["in", "is one of"],
  ["contains", "contains"],
  ["starts", "begins with"],
  ["exists", "exists"],
];

export function getOperatorLabel(op: ConditionOp): string {
  return OPERATORS.find(([operator]) => operator === op)?.[1] ?? op;
}
