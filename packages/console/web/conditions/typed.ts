import type { Condition } from "@heron-webhooks/sender";

export type Scalar = string | number | boolean | null;
export type ConditionOp = Condition["op"];

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** What a text that somebody typed means: a number, true, false, null, or the text; what is in quotes is always text. */
export function scalarIn(text: string): Scalar {
  const typed = text.trim();
  const word = WORDS.get(typed);
  if (word !== undefined) return word;
  if (NUMBER.test(typed) && Number.isFinite(Number(typed))) return Number(typed);
  return quotedIn(typed) ?? typed;
}

/** How to type a value, so that it means the same. */
export function typedAs(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  const isPlain = value !== "" && !/[\r\n]/.test(value) && scalarIn(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

/** What a value is, in a word. */
export function kindOf(value: Scalar): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "true or false";
  return typeof value === "number" ? "number" : "text";
}

function quotedIn(typed: string): string | null {
  if (!/^".*"$/s.test(typed)) return null;
  try {
    return JSON.parse(typed) as string;
  } catch {
    return null;
  }
}
