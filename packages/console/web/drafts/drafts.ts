/** What a draft was, and when it was typed. */
export interface Kept<T> {
  readonly value: T;
  /** In milliseconds. */
  readonly at: number;
}

/** Where drafts are kept: `sessionStorage`, in a browser. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const PREFIX = "heron draft ";

/** What somebody typed and has not saved, by account and path: no other account sees it, and it lasts as long as the tab. */
export class Drafts {
  readonly #storage: DraftStorage;
  readonly #account: string;

  constructor(storage: DraftStorage, account: string) {
    this.#storage = storage;
    this.#account = account;
  }

  /** Null if there is none, or what is there is none. */
  restore<T>(path: string): Kept<T> | null {
    try {
      const kept = JSON.parse(this.#storage.getItem(this.#name(path)) ?? "null") as Kept<T> | null;
      return typeof kept?.at === "number" && kept.value !== undefined ? kept : null;
    } catch {
      return null;
    }
  }

  keep<T>(path: string, value: T, at: number): void {
    try {
      this.#storage.setItem(this.#name(path), JSON.stringify({ value, at } satisfies Kept<T>));
    } catch {
      // The storage is full, or turned off: the form works all the same.
    }
  }

  discard(path: string): void {
    this.#storage.removeItem(this.#name(path));
  }

  #name(path: string): string {
    return PREFIX + JSON.stringify([this.#account, path]);
  }
}

/** Whether somebody typed something that is not saved, whoever it was. */
export function hasDrafts(storage: DraftStorage): boolean {
  return Array.from({ length: storage.length }, (_, i) => storage.key(i)).some((name) =>
    name?.startsWith(PREFIX),
  );
}
