import { pathOf, valueAt } from "@heron-webhooks/core";
import type { Condition, ConditionOp } from "./condition.ts";
import type { Question, Subject } from "./subject.ts";

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
const compiled = new WeakMap<readonly Condition[], readonly Question[]>();

/** Whether all of them hold of an event; none hold of every event. */
export function meets(subject: Subject, when: readonly Condition[] | undefined): boolean {
  if (when === undefined || when.length === 0) return true;
  let questions = compiled.get(when);
  if (questions === undefined) {
    questions = when.map(questionOf);
    compiled.set(when, questions);
  }
  return questions.every((question) => subject.answers(question));
}

/** What a label's event has otherwise. */
const OWN: ReadonlySet<string> = new Set(["topic", "id", "meta"]);

function questionOf({ path, op, value }: Condition): Question {
  const names = pathOf(path);
  if (names === null) return { holds: () => false, isOfData: true };
  const compare = COMPARISONS[op];
  return {
    holds: (scope) => compare(valueAt(scope, names), value),
    isOfData: !OWN.has(names[0] as string),
  };
}

/** Whether any of them reads the properties of the event's user. */
export function readsUser(when: readonly Condition[] | undefined): boolean {
  return when?.some(({ path }) => /^user\b/.test(path)) ?? false;
}
