import type { SenderWriteKeys, WriteKey } from "@heron-webhooks/sender";

/** For so long, in milliseconds, a key that was found is not looked for again: so long one that is revoked may go on. */
const CACHE_TTL_MS = 5000;
const MAX_CACHED_KEYS = 10_000;

/** The write keys that are in use, so that not every event asks the store whose it is. */
export class WriteKeyCache {
  readonly #writeKeys: SenderWriteKeys;
  readonly #entries = new Map<string, { readonly key: WriteKey; readonly until: number }>();

  constructor(writeKeys: SenderWriteKeys) {
    this.#writeKeys = writeKeys;
  }

  /** Whose it is, without asking; null if nobody knows it here. */
  getCached(secret: string, now: number): WriteKey | null {
    const entry = this.#entries.get(secret);
    return entry !== undefined && entry.until > now ? entry.key : null;
  }

  async find(secret: string, now: number): Promise<WriteKey | null> {
    const key = await this.#writeKeys.find(secret);
    if (key === null) return null;
    if (this.#entries.size >= MAX_CACHED_KEYS) this.#entries.clear();
    this.#entries.set(secret, { key, until: now + CACHE_TTL_MS });
    return key;
  }

  /** Of one that was revoked here nobody knows here any more. */
  evict(id: string): void {
    for (const [secret, { key }] of this.#entries) if (key.id === id) this.#entries.delete(secret);
  }
}
