import fc from "fast-check";
import { expect } from "vitest";
import type { LabelPatch, LabelRecord } from "../../../engine/src/index.ts";
import type { Model } from "./model.ts";
import { CONDITION_LISTS } from "./model-conditions.ts";
import { type Command, createCommand } from "./model-run.ts";
import { account } from "./record-commands.ts";

const name = fc.constantFrom("x", "y");
const change: fc.Arbitrary<LabelPatch> = fc.record({
  pattern: fc.constantFrom("a.*", "a.b", "c.d"),
  conditions: fc.constantFrom(...CONDITION_LISTS),
});

function findLabel({ labels }: Model, of: string, called: string): LabelRecord | undefined {
  return labels.find((label) => label.account === of && label.name === called);
}

export const createLabel: fc.Arbitrary<Command> = fc.tuple(account, name, change).map(([of, called, made]) =>
  createCommand(`createLabel(${of}, ${called}, ${JSON.stringify(made)})`, async (model, { store }) => {
    const label = {
      account: of,
      name: called,
      description: "",
      createdAt: model.now,
      ...made,
    } as LabelRecord;
    const creating = store.labels.create(label, 100);
    if (findLabel(model, of, called) === undefined) {
      await creating;
      model.labels.push(label);
    } else await expect(creating).rejects.toMatchObject({ code: "label_exists" });
  }),
);

export const updateLabel: fc.Arbitrary<Command> = fc.tuple(account, name, change).map(([of, called, made]) =>
  createCommand(`updateLabel(${of}, ${called}, ${JSON.stringify(made)})`, async (model, { store }) => {
    const before = findLabel(model, of, called);
    const after = before === undefined ? null : { ...before, ...made };
    expect(await store.labels.update(of, called, made)).toEqual(after);
    model.labels = model.labels.map((label) => (label === before && after !== null ? after : label));
  }),
);

export const removeLabel: fc.Arbitrary<Command> = fc.tuple(account, name).map(([of, called]) =>
  createCommand(`removeLabel(${of}, ${called})`, async (model, { store }) => {
    const before = findLabel(model, of, called);
    expect(await store.labels.delete(of, called)).toBe(before !== undefined);
    model.labels = model.labels.filter((label) => label !== before);
  }),
);
