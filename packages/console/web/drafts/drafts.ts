export interface StoredDraft<T> {
  readonly value: T;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** `sessionStorage` in a browser. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const STORAGE_KEY_PREFIX = "heron.draft.";

/** Stores unsaved input by account and path until the tab is closed. */
export class DraftStore {
  readonly #storage: DraftStorage;
  readonly #account: string;

  constructor(storage: DraftStorage, account: string) {
    this.#storage = storage;
    this.#account = account;
  }

  /** Returns null if there is no valid draft. */
  restore<T>(path: string): StoredDraft<T> | null {
    try {
      const stored = JSON.parse(
        this.#storage.getItem(this.#toStorageKey(path)) ?? "null",
      ) as StoredDraft<T> | null;
      return typeof stored?.savedAt === "number" && stored.value !== undefined ? stored : null;
    } catch {
      return null;
    }
  }

  save<T>(path: string, value: T, savedAt: number): void {
    try {
      this.#storage.setItem(
        this.#toStorageKey(path),
        JSON.stringify({ value, savedAt } satisfies StoredDraft<T>),
      );
    } catch {
      // Storage is full or disabled; the form works without it.
    }
  }

  discard(path: string): void {
    this.#storage.removeItem(this.#toStorageKey(path));
  }

  #toStorageKey(path: string): string {
    return STORAGE_KEY_PREFIX + JSON.stringify([this.#account, path]);
  }
}

/** Whether there are drafts of any account. */
export function hasDrafts(storage: DraftStorage): boolean {
  return Array.from({ length: storage.length }, (_, i) => storage.key(i)).some((name) =>
    name?.startsWith(STORAGE_KEY_PREFIX),
  );
}
