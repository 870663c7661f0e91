import type { UserStore } from "../record-stores.ts";
import type { State } from "./state.ts";

export function memoryUsers(state: State): UserStore {
  return {
    async addProperties(account, user, properties) {
      const { users } = state.account(account);
      const all = { ...users.get(user), ...properties };
      users.set(user, all);
      return all;
    },
    async get(account, user) {
      return state.account(account).users.get(user) ?? null;
    },
    async remove(account, user) {
      return state.account(account).users.delete(user);
    },
  };
}
