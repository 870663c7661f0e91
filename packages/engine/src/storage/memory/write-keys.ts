import { createWriteKeyLimitError } from "../../limits.ts";
import type { WriteKeyStore } from "../record-stores.ts";
import type { MemoryState } from "./state.ts";

export function createMemoryWriteKeys(state: MemoryState): WriteKeyStore {
  return {
    async create(key, max) {
      const { writeKeys } = state.getAccount(key.account);
      if (writeKeys.size >= max) throw createWriteKeyLimitError(max);
      writeKeys.set(key.id, key);
      state.writeKeys.set(key.hash, key);
    },
    async find(hash) {
      return state.writeKeys.get(hash) ?? null;
    },
    async list(account) {
      return [...state.getAccount(account).writeKeys.values()];
    },
    async delete(account, id) {
      const { writeKeys } = state.getAccount(account);
      const key = writeKeys.get(id);
      if (key === undefined) return false;
      state.writeKeys.delete(key.hash);
      return writeKeys.delete(id);
    },
  };
}
