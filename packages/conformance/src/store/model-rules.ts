import type { Condition, LabelRecord, NewEvent } from "../../../engine/src/index.ts";
import { labeled, Subject } from "../../../engine/src/index.ts";
import type { Properties } from "./model-records.ts";

/** Conditions, and what they mean, said without reading them. */
const RULES: readonly (readonly [when: readonly Condition[], holds: Rule])[] = [
  [[], () => true],
  [[{ path: "data.third", op: "eq", value: 0 }], (n) => n % 3 === 0],
  [[{ path: "user.plan", op: "eq", value: "free" }], (_, user) => user?.["plan"] === "free"],
  [
    [
      { path: "data.third", op: "gt", value: 0 },
      { path: "user.seats", op: "exists", value: true },
    ],
    (n, user) => n % 3 > 0 && user !== null && "seats" in user,
  ],
];

type Rule = (n: number, user: Properties | null) => boolean;

export const WHEN: readonly (readonly Condition[])[] = RULES.map(([when]) => when);

/** What conditions read of an event that was the nth to be made. */
export function dataOf(n: number): string {
  return `{"third":${n % 3},"n":${n}}`;
}

/** Whether conditions hold of an event. */
export function holds(
  when: readonly Condition[] | undefined,
  { body }: NewEvent,
  user: Properties | null,
): boolean {
  const n = Number(/"n":(\d+)/.exec(body)?.[1]);
  const [, rule] = RULES.find(([known]) => known === when) ?? [undefined, (): boolean => true];
  return rule(n, user);
}

/** What labels make of an event, in the order in which they lie; that each is made as it should be is another law. */
export function labeledBy(
  labels: readonly LabelRecord[],
  event: NewEvent,
  user: Properties | null,
): readonly NewEvent[] {
  if (event.webhook !== null) return [];
  return labels
    .filter(({ pattern, when }) => pattern.startsWith(event.topic[0] ?? "") && holds(when, event, user))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((label) => {
      const made = labeled(event, new Subject(event.body, null), [{ ...label, when: [] }]);
      return "code" in made ? [] : made.map((one) => one.event);
    });
}
