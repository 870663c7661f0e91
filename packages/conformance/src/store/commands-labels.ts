import fc from "fast-check";
import { expect } from "vitest";
import type { LabelChange, LabelRecord } from "../../../engine/src/index.ts";
import { account } from "./commands-records.ts";
import type { Model } from "./model.ts";
import { WHEN } from "./model-rules.ts";
import { type Command, command } from "./model-run.ts";

const name = fc.constantFrom("x", "y");
const change: fc.Arbitrary<LabelChange> = fc.record({
  pattern: fc.constantFrom("a.*", "a.b", "c.d"),
  when: fc.constantFrom(...WHEN),
});

function find({ labels }: Model, of: string, called: string): LabelRecord | undefined {
  return labels.find((label) => label.account === of && label.name === called);
}

export const createLabel: fc.Arbitrary<Command> = fc.tuple(account, name, change).map(([of, called, made]) =>
  command(`createLabel(${of}, ${called}, ${JSON.stringify(made)})`, async (model, { store }) => {
    const label = { account: of, name: called, description: "", created: model.now, ...made } as LabelRecord;
    const creating = store.labels.create(label, 100);
    if (find(model, of, called) === undefined) {
      await creating;
      model.labels.push(label);
    } else await expect(creating).rejects.toMatchObject({ code: "label_exists" });
  }),
);

export const updateLabel: fc.Arbitrary<Command> = fc.tuple(account, name, change).map(([of, called, made]) =>
  command(`updateLabel(${of}, ${called}, ${JSON.stringify(made)})`, async (model, { store }) => {
    const before = find(model, of, called);
    const after = before === undefined ? null : { ...before, ...made };
    expect(await store.labels.update(of, called, made)).toEqual(after);
    model.labels = model.labels.map((label) => (label === before && after !== null ? after : label));
  }),
);

export const removeLabel: fc.Arbitrary<Command> = fc.tuple(account, name).map(([of, called]) =>
  command(`removeLabel(${of}, ${called})`, async (model, { store }) => {
    const before = find(model, of, called);
    expect(await store.labels.remove(of, called)).toBe(before !== undefined);
    model.labels = model.labels.filter((label) => label !== before);
  }),
);
