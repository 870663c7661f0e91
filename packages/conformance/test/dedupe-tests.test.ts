import { testDedupeStore } from "../src/dedupe/dedupe-tests.ts";
import type { TestDedupeStore } from "../src/types.ts";

// A minimal store, to show that the tests can pass.
testDedupeStore("a Map", () => {
  const keys = new Map<string, { readonly token: string | null; readonly until: number }>();
  let now = 0;
  let tokens = 0;
  const store: TestDedupeStore = {
    reserve(key, leaseMs) {
      const known = keys.get(key);
      if (known !== undefined && known.until > now)
        return known.token === null ? "done" : { busy: known.until - now };
      const token = `t${++tokens}`;
      keys.set(key, { token, until: now + leaseMs });
      return { token };
    },
    complete(key, token, ttlMs) {
      if (keys.get(key)?.token === token) keys.set(key, { token: null, until: now + ttlMs });
    },
    release(key, token) {
      if (keys.get(key)?.token === token) keys.delete(key);
    },
  };
  return {
    store,
    advance: (ms) => {
      now += ms;
    },
  };
});
