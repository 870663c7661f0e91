import type { UserStore } from "../record-stores.ts";
import type { MemoryState } from "./state.ts";

export function createMemoryUsers(state: MemoryState): UserStore {
  return {
    async addProperties(account, user, properties) {
      const { users } = state.getAccount(account);
      const merged = { ...users.get(user), ...properties };
      users.set(user, merged);
      return merged;
    },
    async get(account, user) {
      return state.getAccount(account).users.get(user) ?? null;
    },
    async delete(account, user) {
      return state.getAccount(account).users.delete(user);
    },
  };
}
