import { parsePath, getValueAt } from "@heron-webhooks/core";
import type { Condition, ConditionOp } from "./condition.ts";
import type { Predicate, EventView } from "./event-view.ts";

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

/** So long a list is looked through from its beginning; a longer one may be asked for by thousands of conditions. */
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

/** Of two texts, or two numbers; of anything else none is the greater. */
function compareOrdered(compare: (found: string | number, value: string | number) => boolean): Compare {
  return (found, value) =>
    typeof found === typeof value &&
    (typeof found === "number" || typeof found === "string") &&
    compare(found, value as string | number);
}

/** What was made of a list of conditions, for as long as the list is there. */
const compiledConditions = new WeakMap<readonly Condition[], readonly Predicate[]>();

/** Whether all of them hold of an event; none hold of every event. */
export function evaluateConditions(event: EventView, conditions: readonly Condition[] | undefined): boolean {
  if (conditions === undefined || conditions.length === 0) return true;
  let predicates = compiledConditions.get(conditions);
  if (predicates === undefined) {
    predicates = conditions.map(compileCondition);
    compiledConditions.set(conditions, predicates);
  }
  return predicates.every((question) => event.evaluate(question));
}

/** What a label's event has otherwise. */
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

/** Whether any of them reads the properties of the event's user. */
export function readsUser(conditions: readonly Condition[] | undefined): boolean {
  return conditions?.some(({ path }) => /^user\b/.test(path)) ?? false;
}
