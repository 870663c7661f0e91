import type { Condition, LabelRecord, NewEvent } from "../../../engine/src/index.ts";
import { applyLabels, EventView } from "../../../engine/src/index.ts";
import type { Properties } from "./model-records.ts";

/** Conditions, and what they mean, said without reading them. */
const CONDITION_CASES: readonly (readonly [when: readonly Condition[], holds: Predicate])[] = [
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

type Predicate = (n: number, user: Properties | null) => boolean;

export const CONDITION_LISTS: readonly (readonly Condition[])[] = CONDITION_CASES.map(([when]) => when);

/** What conditions read of an event that was the nth to be made. */
export function createData(n: number): string {
  return `{"third":${n % 3},"n":${n}}`;
}

/** Whether conditions hold of an event. */
export function evaluateModelConditions(
  when: readonly Condition[] | undefined,
  { body }: NewEvent,
  user: Properties | null,
): boolean {
  const n = Number(/"n":(\d+)/.exec(body)?.[1]);
  const [, rule] = CONDITION_CASES.find(([known]) => known === when) ?? [undefined, (): boolean => true];
  return rule(n, user);
}

/** What labels make of an event, in the order in which they lie; that each is made as it should be is another law. */
export function applyModelLabels(
  labels: readonly LabelRecord[],
  event: NewEvent,
  user: Properties | null,
): readonly NewEvent[] {
  if (event.webhook !== null) return [];
  return labels
    .filter(({ pattern, conditions }) => pattern.startsWith(event.topic[0] ?? "") && evaluateModelConditions(conditions, event, user))
    .sort((labelA, labelB) => (labelA.name < labelB.name ? -1 : 1))
    .flatMap((label) => {
      const made = applyLabels(event, new EventView(event.body, null), [{ ...label, conditions: [] }]);
      return "code" in made ? [] : made.map((derived) => derived.event);
    });
}
