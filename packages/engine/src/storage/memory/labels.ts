import { createLabelExistsError, createLabelLimitError } from "../../limits.ts";
import type { LabelRecord } from "../label-record.ts";
import type { LabelStore } from "../record-stores.ts";
import type { MemoryState, StoredAccount } from "./state.ts";

export function createMemoryLabels(state: MemoryState): LabelStore {
  return {
    async create(label, max) {
      const { labels } = state.getAccount(label.account);
      if (labels.has(label.name)) throw createLabelExistsError(label.name);
      if (labels.size >= max) throw createLabelLimitError(max);
      labels.set(label.name, label);
    },
    async list(account) {
      return listLabels(state.getAccount(account));
    },
    async update(account, name, change) {
      const { labels } = state.getAccount(account);
      const previous = labels.get(name);
      if (previous === undefined) return null;
      const updated = { ...previous, ...change };
      labels.set(name, updated);
      return updated;
    },
    async delete(account, name) {
      return state.getAccount(account).labels.delete(name);
    },
  };
}

/** Sorted by name. */
export function listLabels({ labels }: Pick<StoredAccount, "labels">): readonly LabelRecord[] {
  return [...labels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
