import type { SenderWriteKeys, WriteKey } from "@heron-webhooks/sender";

/** A key that another process revokes stays valid for this long. */
const CACHE_TTL_MS = 5000;
const MAX_CACHED_KEYS = 10_000;

/** Caches write keys in use, so that events do not query the store. */
export class WriteKeyCache {
  readonly #writeKeys: SenderWriteKeys;
  readonly #entries = new Map<string, { readonly key: WriteKey; readonly until: number }>();

  constructor(writeKeys: SenderWriteKeys) {
    this.#writeKeys = writeKeys;
  }

  /** Returns a cached write key without querying the store. */
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

  evict(id: string): void {
    for (const [secret, { key }] of this.#entries) if (key.id === id) this.#entries.delete(secret);
  }
}
