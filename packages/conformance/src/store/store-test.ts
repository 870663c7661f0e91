import type { TestStore } from "./test-store.ts";

/** States a law, and checks it on a store that is empty. */
export type StoreTest = (
  what: string,
  body: (opened: TestStore) => Promise<void>,
  options?: { readonly maxPending?: number },
) => void;
