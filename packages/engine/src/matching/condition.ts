import { HeronError } from "@heron-webhooks/core";
import { parsePath } from "@heron-webhooks/core/templates";

/** The operator that compares the value at a condition's path with its value. */
export type ConditionOp = "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "contains" | "starts" | "exists";

export type ConditionScalar = string | number | boolean | null;

/**
 * Compares the value at `path` of an event with `value`. Paths are those of placeholders: `data.amount`, `meta.source`,
 * `user.plan`.
 *
 * `eq` and `ne` take any scalar; `ne` also matches a missing value. `gt`, `gte`, `lt` and `lte` take a number or text
 * and match only the same type; text is compared by UTF-16 code units, as suits ISO 8601 times. `in` takes up to 100
 * scalars. `contains` takes text of up to 250 characters, found inside text, or a scalar, found in a list. `starts`
 * takes text. `exists` takes true or false; null exists.
 */
export interface Condition {
  readonly path: string;
  readonly op: ConditionOp;
  readonly value: ConditionScalar | readonly ConditionScalar[];
}

/** Conditions per label or webhook, all of which must hold. Together they are at most 16,384 characters of JSON. */
export const MAX_CONDITIONS = 10;
const MAX_IN_VALUES = 100;
const MAX_PATH_LENGTH = 256;
const MAX_VALUE_LENGTH = 1024;
/** A naive search for longer text in long text takes seconds. */
const MAX_CONTAINS_LENGTH = 250;
/** The conditions of one list, as JSON. Publishing reads those of up to a thousand webhooks at once. */
const MAX_CONDITIONS_LENGTH = 16 * 1024;

const FIELDS: ReadonlySet<string> = new Set(["path", "op", "value"]);
const ROOTS: ReadonlySet<string> = new Set(["topic", "created", "data", "meta", "id", "user"]);

/** The values that each operator accepts, and their description for error messages. */
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
 * Validates conditions.
 * @throws HeronError `condition_invalid`, with the index of the invalid condition
 */
export function parseConditions(conditions: readonly Condition[]): readonly Condition[] {
  if (!Array.isArray(conditions) || conditions.length > MAX_CONDITIONS)
    throw new HeronError(
      "condition_invalid",
      `conditions must be a list of at most ${MAX_CONDITIONS} conditions, such as [{ path: "data.amount", op: "gt", value: 100 }].`,
    );
  const parsed = conditions.map((condition, i) => {
    const problem = findProblem(condition);
    if (problem !== null) throw new HeronError("condition_invalid", `conditions[${i}]${problem}.`);
    const { path, op, value } = condition;
    return { path, op, value };
  });
  if (JSON.stringify(parsed).length > MAX_CONDITIONS_LENGTH)
    throw new HeronError(
      "condition_invalid",
      `conditions must be at most ${MAX_CONDITIONS_LENGTH} characters of JSON, all conditions together.`,
    );
  return parsed;
}

function findProblem(condition: Condition): string | null {
  if (typeof condition !== "object" || condition === null || Array.isArray(condition))
    return " must be an object with path, op and value";
  const unknownField = Object.keys(condition).find((name) => !FIELDS.has(name));
  if (unknownField !== undefined)
    return ` has the unknown field ${JSON.stringify(unknownField.slice(0, 60))}: a condition has path, op and value`;
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
