import { HeronError, parsePath } from "@heron-webhooks/core";
import { assertKnownKeys } from "../validate-options.ts";

/** How a condition compares what is at its path with its value. */
export type ConditionOp = "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "contains" | "starts" | "exists";

export type ConditionScalar = string | number | boolean | null;

/**
 * What must hold of an event: at `path`, as placeholders have it (`data.amount`, `meta.source`, `user.plan`), is something
 * that compares so with `value`.
 *
 * `eq` and `ne` take any scalar, and `ne` holds of what is missing; `gt`, `gte`, `lt`, `lte` a number or text, and hold of
 * the same kind only, text going by its UTF-16 units, as ISO 8601 times do; `in` up to 100 scalars; `contains` text of up to 250
 * characters that is in a text, or a scalar that is in a list; `starts` text; `exists` true or false, null being there.
 */
export interface Condition {
  readonly path: string;
  readonly op: ConditionOp;
  readonly value: ConditionScalar | readonly ConditionScalar[];
}

/** The most conditions of a label or a webhook, all of which must hold; together they are at most 16,384 characters of JSON. */
export const MAX_CONDITIONS = 10;
const MAX_IN_VALUES = 100;
const MAX_PATH_LENGTH = 256;
const MAX_VALUE_LENGTH = 1024;
/** Longer text is looked for in longer text one character after the other from every place, which takes seconds. */
const MAX_CONTAINS_LENGTH = 250;
/** All conditions of a list, as JSON: whoever publishes reads those of a thousand webhooks at once. */
const MAX_CONDITIONS_LENGTH = 16 * 1024;

const ROOTS: ReadonlySet<string> = new Set(["topic", "created", "data", "meta", "id", "user"]);

/** What each takes, and how that is said. */
const OPERATORS: Readonly<Record<ConditionOp, readonly [(value: unknown) => boolean, string]>> = {
  eq: [isScalar, "text, a number, true, false or null"],
  ne: [isScalar, "text, a number, true, false or null"],
  gt: [isOrdered, "a number or text"],
  gte: [isOrdered, "a number or text"],
  lt: [isOrdered, "a number or text"],
  lte: [isOrdered, "a number or text"],
  in: [isScalarList, `a list of 1 to ${MAX_IN_VALUES} texts, numbers, true, false or null`],
  contains: [isContained, `text of at most ${MAX_CONTAINS_LENGTH} characters, a number, true, false or null`],
  starts: [isText, "text"],
  exists: [(value) => typeof value === "boolean", "true or false"],
};

/**
 * Conditions as they are kept.
 * @throws HeronError `condition_invalid`, which names the one that is wrong by its place
 */
export function parseConditions(conditions: readonly Condition[]): readonly Condition[] {
  if (!Array.isArray(conditions) || conditions.length > MAX_CONDITIONS)
    throw new HeronError(
      "condition_invalid",
      `when must be a list of at most ${MAX_CONDITIONS} conditions, such as [{ path: "data.amount", op: "gt", value: 100 }].`,
    );
  const parsed = conditions.map((condition, i) => {
    const problem = findProblem(condition);
    if (problem !== null) throw new HeronError("condition_invalid", `when[${i}]${problem}.`);
    const { path, op, value } = condition;
    return { path, op, value };
  });
  if (JSON.stringify(parsed).length > MAX_CONDITIONS_LENGTH)
    throw new HeronError(
      "condition_invalid",
      `when must be at most ${MAX_CONDITIONS_LENGTH} characters of JSON, all conditions together.`,
    );
  return parsed;
}

function findProblem(condition: Condition): string | null {
  try {
    assertKnownKeys("a condition", condition, { path: true, op: true, value: true });
  } catch (error) {
    return `: ${(error as HeronError).message.replace(/\.$/, "")}`;
  }
  const { path, op, value } = condition;
  const segments = typeof path === "string" && path.length <= MAX_PATH_LENGTH ? parsePath(path) : null;
  if (segments === null)
    return `.path must be a path such as data.amount or data.lines[0].sku, of at most ${MAX_PATH_LENGTH} characters`;
  if (!ROOTS.has(segments[0] as string)) return `.path must begin with ${[...ROOTS].join(", ")}`;
  if (typeof op !== "string" || !Object.hasOwn(OPERATORS, op))
    return `.op must be one of ${Object.keys(OPERATORS).join(", ")}`;
  const [isAccepted, expected] = OPERATORS[op];
  return isAccepted(value)
    ? null
    : `.value must be ${expected} for ${op}, texts of at most ${MAX_VALUE_LENGTH} characters`;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_VALUE_LENGTH && value.isWellFormed();
}

function isOrdered(value: unknown): boolean {
  return isText(value) || (typeof value === "number" && Number.isFinite(value));
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "boolean" || isOrdered(value);
}

function isContained(value: unknown): boolean {
  return isScalar(value) && (typeof value !== "string" || value.length <= MAX_CONTAINS_LENGTH);
}

function isScalarList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_IN_VALUES && value.every(isScalar);
}
