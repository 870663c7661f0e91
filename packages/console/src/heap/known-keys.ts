import type { SenderWriteKeys, WriteKey } from "@heron-webhooks/sender";

/** For so long, in milliseconds, a key that was found is not looked for again: so long one that is revoked may go on. */
const KEPT = 5000;
const MOST = 10_000;

/** The write keys that are in use, so that not every event asks the store whose it is. */
export class KnownKeys {
  readonly #writeKeys: SenderWriteKeys;
  readonly #known = new Map<string, { readonly key: WriteKey; readonly until: number }>();

  constructor(writeKeys: SenderWriteKeys) {
    this.#writeKeys = writeKeys;
  }

  /** Whose it is, without asking; null if nobody knows it here. */
  known(text: string, now: number): WriteKey | null {
    const found = this.#known.get(text);
    return found !== undefined && found.until > now ? found.key : null;
  }

  async find(text: string, now: number): Promise<WriteKey | null> {
    const key = await this.#writeKeys.find(text);
    if (key === null) return null;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(text, { key, until: now + KEPT });
    return key;
  }

  /** Of one that was revoked here nobody knows here any more. */
  forget(id: string): void {
    for (const [text, { key }] of this.#known) if (key.id === id) this.#known.delete(text);
  }
}
