/** With less left, what is pending is counted at each event: so that an account has no more than it may. */
const HEADROOM_DELIVERIES = 100_000;
/**
 * Else it is believed for a while, in which others may publish for the account as well: nobody publishes so many in a
 * millisecond, and not for longer than this. To count at each event would cost more than the rest of it.
 */
const MAX_PUBLISHED_PER_MS = 100;
const MAX_CACHE_AGE_MS = 10_000;
const MAX_CACHED_ACCOUNTS = 10_000;

interface Quota {
  readonly remaining: number;
  readonly countedAt: number;
}

/** How many deliveries more accounts may have pending, as far as is known. */
export class QuotaCache {
  readonly #quotas = new Map<number, Quota>();

  /** Whether it need not be counted. */
  hasHeadroom(account: number): boolean {
    const quota = this.#quotas.get(account);
    if (quota === undefined || quota.remaining < HEADROOM_DELIVERIES) return false;
    return performance.now() - quota.countedAt < Math.min(MAX_CACHE_AGE_MS, quota.remaining / MAX_PUBLISHED_PER_MS);
  }

  /** What is left, if it was counted; else what was made, of whichever account, is taken from it. */
  update(account: number, remaining: number | null, published: number): void {
    const quota = this.#quotas.get(account);
    if (remaining !== null) this.#quotas.set(account, { remaining, countedAt: performance.now() });
    else if (quota !== undefined) this.#quotas.set(account, { ...quota, remaining: quota.remaining - published });
    if (this.#quotas.size > MAX_CACHED_ACCOUNTS) this.#quotas.clear();
  }
}
