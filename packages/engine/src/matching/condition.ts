import { HeronError, pathOf } from "@heron-webhooks/core";
import { checkNames } from "../names.ts";

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
export const MOST_CONDITIONS = 10;
const MOST_VALUES = 100;
const LONGEST_PATH = 256;
const LONGEST_VALUE = 1024;
/** Longer text is looked for in longer text one character after the other from every place, which takes seconds. */
const LONGEST_CONTAINED = 250;
/** All conditions of a list, as JSON: whoever publishes reads those of a thousand webhooks at once. */
const LONGEST_TOGETHER = 16 * 1024;

const ROOTS: ReadonlySet<string> = new Set(["topic", "created", "data", "meta", "id", "user"]);

/** What each takes, and how that is said. */
const VALUES: Readonly<Record<ConditionOp, readonly [(value: unknown) => boolean, string]>> = {
  eq: [isScalar, "text, a number, true, false or null"],
  ne: [isScalar, "text, a number, true, false or null"],
  gt: [isOrdered, "a number or text"],
  gte: [isOrdered, "a number or text"],
  lt: [isOrdered, "a number or text"],
  lte: [isOrdered, "a number or text"],
  in: [isScalarList, `a list of 1 to ${MOST_VALUES} texts, numbers, true, false or null`],
  contains: [isContained, `text of at most ${LONGEST_CONTAINED} characters, a number, true, false or null`],
  starts: [isText, "text"],
  exists: [(value) => typeof value === "boolean", "true or false"],
};

/**
 * Conditions as they are kept.
 * @throws HeronError `condition_invalid`, which names the one that is wrong by its place
 */
export function conditionsOf(when: readonly Condition[]): readonly Condition[] {
  if (!Array.isArray(when) || when.length > MOST_CONDITIONS)
    throw new HeronError(
      "condition_invalid",
      `when must be a list of at most ${MOST_CONDITIONS} conditions, such as [{ path: "data.amount", op: "gt", value: 100 }].`,
    );
  const kept = when.map((condition, i) => {
    const fault = faultOf(condition);
    if (fault !== null) throw new HeronError("condition_invalid", `when[${i}]${fault}.`);
    const { path, op, value } = condition;
    return { path, op, value };
  });
  if (JSON.stringify(kept).length > LONGEST_TOGETHER)
    throw new HeronError(
      "condition_invalid",
      `when must be at most ${LONGEST_TOGETHER} characters of JSON, all conditions together.`,
    );
  return kept;
}

function faultOf(condition: Condition): string | null {
  try {
    checkNames("a condition", condition, { path: true, op: true, value: true });
  } catch (error) {
    return `: ${(error as HeronError).message.replace(/\.$/, "")}`;
  }
  const { path, op, value } = condition;
  const names = typeof path === "string" && path.length <= LONGEST_PATH ? pathOf(path) : null;
  if (names === null)
    return `.path must be a path such as data.amount or data.lines[0].sku, of at most ${LONGEST_PATH} characters`;
  if (!ROOTS.has(names[0] as string)) return `.path must begin with ${[...ROOTS].join(", ")}`;
  if (typeof op !== "string" || !Object.hasOwn(VALUES, op))
    return `.op must be one of ${Object.keys(VALUES).join(", ")}`;
  const [fits, expected] = VALUES[op];
  return fits(value)
    ? null
    : `.value must be ${expected} for ${op}, texts of at most ${LONGEST_VALUE} characters`;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_VALUE && value.isWellFormed();
}

function isOrdered(value: unknown): boolean {
  return isText(value) || (typeof value === "number" && Number.isFinite(value));
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "boolean" || isOrdered(value);
}

function isContained(value: unknown): boolean {
  return isScalar(value) && (typeof value !== "string" || value.length <= LONGEST_CONTAINED);
}

function isScalarList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= MOST_VALUES && value.every(isScalar);
}
