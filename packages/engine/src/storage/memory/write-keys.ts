import { tooManyWriteKeys } from "../../limits.ts";
import type { WriteKeyStore } from "../record-stores.ts";
import type { State } from "./state.ts";

export function memoryWriteKeys(state: State): WriteKeyStore {
  return {
    async create(key, max) {
      const { writeKeys } = state.account(key.account);
      if (writeKeys.size >= max) throw tooManyWriteKeys(max);
      writeKeys.set(key.id, key);
      state.writeKeys.set(key.hash, key);
    },
    async find(hash) {
      return state.writeKeys.get(hash) ?? null;
    },
    async list(account) {
      return [...state.account(account).writeKeys.values()];
    },
    async remove(account, id) {
      const { writeKeys } = state.account(account);
      const key = writeKeys.get(id);
      if (key === undefined) return false;
      state.writeKeys.delete(key.hash);
      return writeKeys.delete(id);
    },
  };
}
