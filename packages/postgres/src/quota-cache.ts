/** With less headroom, pending deliveries are counted for every event, so that an account does not exceed its quota. */
const HEADROOM_DELIVERIES = 100_000;
/**
 * With more headroom, a count stays valid for a while, although other processes publish too: at no more than this rate.
 * Counting for every event would cost more than the rest of publishing.
 */
const MAX_PUBLISHED_PER_MS = 100;
const MAX_CACHE_AGE_MS = 10_000;
const MAX_CACHED_ACCOUNTS = 10_000;

interface Quota {
  readonly remaining: number;
  readonly countedAt: number;
}

/** Caches how many more deliveries accounts may have pending. */
export class QuotaCache {
  readonly #quotas = new Map<number, Quota>();

  /** Whether the pending deliveries need not be counted. */
  hasHeadroom(account: number): boolean {
    const quota = this.#quotas.get(account);
    if (quota === undefined || quota.remaining < HEADROOM_DELIVERIES) return false;
    return (
      performance.now() - quota.countedAt < Math.min(MAX_CACHE_AGE_MS, quota.remaining / MAX_PUBLISHED_PER_MS)
    );
  }

  /** `remaining` is null if it was not counted; then `published` is subtracted, of whichever account it was. */
  update(account: number, remaining: number | null, published: number): void {
    const quota = this.#quotas.get(account);
    if (remaining !== null) this.#quotas.set(account, { remaining, countedAt: performance.now() });
    else if (quota !== undefined)
      this.#quotas.set(account, { ...quota, remaining: quota.remaining - published });
    if (this.#quotas.size > MAX_CACHED_ACCOUNTS) this.#quotas.clear();
  }
}
