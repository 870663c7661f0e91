import type { Condition } from "@heron-webhooks/sender";

export type Scalar = string | number | boolean | null;
export type ConditionOp = Condition["op"];

const NUMBER_PATTERN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const KEYWORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** Parses typed text as a number, true, false, null or a string. Quoted text is always a string. */
export function parseScalar(text: string): Scalar {
  const trimmed = text.trim();
  const keyword = KEYWORDS.get(trimmed);
  if (keyword !== undefined) return keyword;
  if (NUMBER_PATTERN.test(trimmed) && Number.isFinite(Number(trimmed))) return Number(trimmed);
  return parseQuoted(trimmed) ?? trimmed;
}

/** Formats a value so that `parseScalar` returns it again. */
export function formatScalarInput(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  const isUnquoted = value !== "" && !/[\r\n]/.test(value) && parseScalar(value) === value;
  return isUnquoted ? value : JSON.stringify(value);
}

export function describeType(value: Scalar): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "true or false";
  return typeof value === "number" ? "number" : "text";
}

function parseQuoted(text: string): string | null {
  if (!/^".*"$/s.test(text)) return null;
  try {
    return JSON.parse(text) as string;
  } catch {
    return null;
  }
}
