import type { Condition } from "@heron-webhooks/sender";
import { wordsOf } from "./ops.ts";
import type { Scalar } from "./typed.ts";

/** A condition as one says it: text is in quotes, a number is not. */
export function sentenceOf({ path, op, value }: Condition): string {
  if (op === "exists") return `${path} ${value === false ? "does not exist" : "exists"}`;
  return `${path} ${wordsOf(op)} ${isList(value) ? listed(value) : said(value)}`;
}

function isList(value: Condition["value"]): value is readonly Scalar[] {
  return Array.isArray(value);
}

function listed(values: readonly Scalar[]): string {
  const all = values.map(said);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

function said(value: Scalar): string {
  return typeof value === "string" ? `“${value}”` : String(value);
}
