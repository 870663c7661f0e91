import { pathOf, type TemplateScope, valueAt } from "@heron-webhooks/core";
import type { Condition, ConditionOp } from "./condition.ts";
import type { Subject } from "./subject.ts";

type Predicate = (scope: TemplateScope) => boolean;
type Compare = (found: unknown, value: Condition["value"]) => boolean;

const COMPARISONS: Readonly<Record<ConditionOp, Compare>> = {
  eq: (found, value) => found === value,
  ne: (found, value) => found !== value,
  gt: ordered((found, value) => found > value),
  gte: ordered((found, value) => found >= value),
  lt: ordered((found, value) => found < value),
  lte: ordered((found, value) => found <= value),
  in: (found, value) => (value as readonly unknown[]).includes(found),
  contains: (found, value) =>
    typeof found === "string"
      ? typeof value === "string" && found.includes(value)
      : Array.isArray(found) && has(found, value),
  starts: (found, value) => typeof found === "string" && found.startsWith(value as string),
  exists: (found, value) => (found !== undefined) === value,
};

/** So long a list is looked through from its beginning; a longer one may be asked for by thousands of conditions. */
const SHORT = 32;
const members = new WeakMap<readonly unknown[], ReadonlySet<unknown>>();

function has(list: readonly unknown[], value: unknown): boolean {
  if (list.length <= SHORT) return list.includes(value);
  let all = members.get(list);
  if (all === undefined) {
    all = new Set(list);
    members.set(list, all);
  }
  return all.has(value);
}

/** Of two texts, or two numbers; of anything else none is the greater. */
function ordered(compare: (found: string | number, value: string | number) => boolean): Compare {
  return (found, value) =>
    typeof found === typeof value &&
    (typeof found === "number" || typeof found === "string") &&
    compare(found, value as string | number);
}

/** What was made of a list of conditions, for as long as the list is there. */
const compiled = new WeakMap<readonly Condition[], readonly Predicate[]>();

/** Whether all of them hold of an event; none hold of every event. */
export function meets(subject: Subject, when: readonly Condition[] | undefined): boolean {
  if (when === undefined || when.length === 0) return true;
  let predicates = compiled.get(when);
  if (predicates === undefined) {
    predicates = when.map(predicateOf);
    compiled.set(when, predicates);
  }
  return predicates.every((holds) => holds(subject.scope));
}

function predicateOf({ path, op, value }: Condition): Predicate {
  const names = pathOf(path);
  const compare = COMPARISONS[op];
  return names === null ? () => false : (scope) => compare(valueAt(scope, names), value);
}

/** Whether any of them reads the properties of the event's user. */
export function readsUser(when: readonly Condition[] | undefined): boolean {
  return when?.some(({ path }) => /^user\b/.test(path)) ?? false;
}
