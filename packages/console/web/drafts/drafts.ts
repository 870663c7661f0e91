/** What a draft was, and when it was typed. */
export interface StoredDraft<T> {
  readonly value: T;
  /** In milliseconds. */
  readonly savedAt: number;
}

/** Where drafts are kept: `sessionStorage`, in a browser. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const STORAGE_KEY_PREFIX = "heron draft ";

/** What somebody typed and has not saved, by account and path: no other account sees it, and it lasts as long as the tab. */
export class DraftStore {
  readonly #storage: DraftStorage;
  readonly #account: string;

  constructor(storage: DraftStorage, account: string) {
    this.#storage = storage;
    this.#account = account;
  }

  /** Null if there is none, or what is there is none. */
  restore<T>(path: string): StoredDraft<T> | null {
    try {
      const stored = JSON.parse(this.#storage.getItem(this.#toStorageKey(path)) ?? "null") as StoredDraft<T> | null;
      return typeof stored?.savedAt === "number" && stored.value !== undefined ? stored : null;
    } catch {
      return null;
    }
  }

  save<T>(path: string, value: T, savedAt: number): void {
    try {
      this.#storage.setItem(this.#toStorageKey(path), JSON.stringify({ value, savedAt } satisfies StoredDraft<T>));
    } catch {
      // The storage is full, or turned off: the form works all the same.
    }
  }

  discard(path: string): void {
    this.#storage.removeItem(this.#toStorageKey(path));
  }

  #toStorageKey(path: string): string {
    return STORAGE_KEY_PREFIX + JSON.stringify([this.#account, path]);
  }
}

/** Whether somebody typed something that is not saved, whoever it was. */
export function hasDrafts(storage: DraftStorage): boolean {
  return Array.from({ length: storage.length }, (_, i) => storage.key(i)).some((name) =>
    name?.startsWith(STORAGE_KEY_PREFIX),
  );
}
