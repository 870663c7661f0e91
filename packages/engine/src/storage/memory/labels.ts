import { labelExists, tooManyLabels } from "../../limits.ts";
import type { LabelRecord } from "../label-record.ts";
import type { LabelStore } from "../record-stores.ts";
import type { Account, State } from "./state.ts";

export function memoryLabels(state: State): LabelStore {
  return {
    async create(label, max) {
      const { labels } = state.account(label.account);
      if (labels.has(label.name)) throw labelExists(label.name);
      if (labels.size >= max) throw tooManyLabels(max);
      labels.set(label.name, label);
    },
    async list(account) {
      return labelsOf(state.account(account));
    },
    async update(account, name, change) {
      const { labels } = state.account(account);
      const before = labels.get(name);
      if (before === undefined) return null;
      const after = { ...before, ...change };
      labels.set(name, after);
      return after;
    },
    async remove(account, name) {
      return state.account(account).labels.delete(name);
    },
  };
}

/** By name. */
export function labelsOf({ labels }: Pick<Account, "labels">): readonly LabelRecord[] {
  return [...labels.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}
