import type { Condition, LabelRecord, NewEvent } from "../../../engine/src/index.ts";
import { applyLabels, EventView } from "../../../engine/src/index.ts";
import type { Properties } from "./model-records.ts";

/** Conditions, each with an independent implementation. */
const CONDITION_CASES: readonly (readonly [conditions: readonly Condition[], predicate: Predicate])[] = [
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

export const CONDITION_LISTS: readonly (readonly Condition[])[] = CONDITION_CASES.map(
  ([conditions]) => conditions,
);

/** The data of the n-th event, which conditions read. */
export function createData(n: number): string {
  return `{"third":${n % 3},"n":${n}}`;
}

export function evaluateModelConditions(
  conditions: readonly Condition[] | undefined,
  { body }: NewEvent,
  user: Properties | null,
): boolean {
  const n = Number(/"n":(\d+)/.exec(body)?.[1]);
  const [, predicate] = CONDITION_CASES.find(([candidate]) => candidate === conditions) ?? [
    undefined,
    (): boolean => true,
  ];
  return predicate(n, user);
}

/** The events that labels derive from an event, in the order of their names. Another test checks their contents. */
export function applyModelLabels(
  labels: readonly LabelRecord[],
  event: NewEvent,
  user: Properties | null,
): readonly NewEvent[] {
  if (event.webhook !== null) return [];
  return labels
    .filter(
      ({ pattern, conditions }) =>
        pattern.startsWith(event.topic[0] ?? "") && evaluateModelConditions(conditions, event, user),
    )
    .sort((labelA, labelB) => (labelA.name < labelB.name ? -1 : 1))
    .flatMap((label) => {
      const derivedEvents = applyLabels(event, new EventView(event.body, null), [
        { ...label, conditions: [] },
      ]);
      return "code" in derivedEvents ? [] : derivedEvents.map((derived) => derived.event);
    });
}
