import { getValueAt, parsePath } from "@heron-webhooks/core/templates";
import type { Condition, ConditionOp } from "./condition.ts";
import type { EventView, Predicate } from "./event-view.ts";

type Compare = (found: unknown, value: Condition["value"]) => boolean;

const COMPARISONS: Readonly<Record<ConditionOp, Compare>> = {
  eq: (found, value) => found === value,
  ne: (found, value) => found !== value,
  gt: compareOrdered((found, value) => found > value),
  gte: compareOrdered((found, value) => found >= value),
  lt: compareOrdered((found, value) => found < value),
  lte: compareOrdered((found, value) => found <= value),
  in: (found, value) => (value as readonly unknown[]).includes(found),
  contains: (found, value) =>
    typeof found === "string"
      ? typeof value === "string" && found.includes(value)
      : Array.isArray(found) && includesValue(found, value),
  starts: (found, value) => typeof found === "string" && found.startsWith(value as string),
  exists: (found, value) => (found !== undefined) === value,
};

/** Lists up to this length are searched linearly. Thousands of conditions may search a longer one, so it is indexed. */
const MAX_LINEAR_SEARCH_LENGTH = 32;
const listMembers = new WeakMap<readonly unknown[], ReadonlySet<unknown>>();

function includesValue(list: readonly unknown[], value: unknown): boolean {
  if (list.length <= MAX_LINEAR_SEARCH_LENGTH) return list.includes(value);
  let memberSet = listMembers.get(list);
  if (memberSet === undefined) {
    memberSet = new Set(list);
    listMembers.set(list, memberSet);
  }
  return memberSet.has(value);
}

/** Orders two texts or two numbers; never matches other or mixed types. */
function compareOrdered(compare: (found: string | number, value: string | number) => boolean): Compare {
  return (found, value) =>
    typeof found === typeof value &&
    (typeof found === "number" || typeof found === "string") &&
    compare(found, value as string | number);
}

/** Compiled conditions, cached for the lifetime of the list. */
const compiledConditions = new WeakMap<readonly Condition[], readonly Predicate[]>();

/** Whether an event meets all conditions. An empty list matches every event. */
export function evaluateConditions(event: EventView, conditions: readonly Condition[] | undefined): boolean {
  if (conditions === undefined || conditions.length === 0) return true;
  let predicates = compiledConditions.get(conditions);
  if (predicates === undefined) {
    predicates = conditions.map(compileCondition);
    compiledConditions.set(conditions, predicates);
  }
  return predicates.every((predicate) => event.evaluate(predicate));
}

/** The fields in which a derived event differs from its original. */
const OVERRIDDEN_FIELDS: ReadonlySet<string> = new Set(["topic", "id", "meta"]);

function compileCondition({ path, op, value }: Condition): Predicate {
  const segments = parsePath(path);
  if (segments === null) return { test: () => false, isDataOnly: true };
  const compare = COMPARISONS[op];
  return {
    test: (scope) => compare(getValueAt(scope, segments), value),
    isDataOnly: !OVERRIDDEN_FIELDS.has(segments[0] as string),
  };
}

/** Whether any condition reads the properties of the event's user. */
export function readsUser(conditions: readonly Condition[] | undefined): boolean {
  return conditions?.some(({ path }) => /^user\b/.test(path)) ?? false;
}
