import { memoryStore, type SqliteStoreOptions, type Store, sqliteStore } from "../src/index.ts";

/** Opens an empty store. */
export type OpenStore = (options?: SqliteStoreOptions) => Store;

/** For `describe.each`: what must hold whichever store it is. */
export const storeFactories: readonly (readonly [name: string, open: OpenStore])[] = [
  ["memoryStore", (options) => memoryStore(options)],
  ["sqliteStore", (options) => sqliteStore(":memory:", options)],
];
