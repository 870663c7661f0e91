import type { ConditionOp } from "./typed.ts";

/** How a condition compares, in words, in the order in which they are offered. */
export const OPS: readonly (readonly [op: ConditionOp, words: string])[] = [
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

export function wordsOf(op: ConditionOp): string {
  return OPS.find(([one]) => one === op)?.[1] ?? op;
}
