import type { TestStore } from "./test-store.ts";

/** Declares a test that runs on an empty store. */
export type StoreTest = (
  what: string,
  body: (opened: TestStore) => Promise<void>,
  options?: { readonly maxPending?: number },
) => void;
