import type { AccountSender, DeliveryStats, Sender } from "@heron-webhooks/sender";

const STATS_TTL_MS = 2000;
const MAX_CACHED_QUERIES = 500;

interface CachedStats {
  readonly stats: Promise<DeliveryStats>;
  readonly queriedAt: number;
}

const STATS_CACHES = new WeakMap<Sender, Map<string, CachedStats>>();

export interface StatsQuery {
  readonly since: string;
  readonly webhook: string | null;
  readonly now: number;
}

/**
 * Loads the statistics of an account. Concurrent requests share one query, because each reads thousands of deliveries.
 * @throws HeronError `webhook_not_found`, `option_invalid`, and what the store throws
 */
export async function getStats(
  adminSender: Sender,
  sender: AccountSender,
  { since, webhook, now }: StatsQuery,
): Promise<DeliveryStats> {
  const cache = STATS_CACHES.get(adminSender) ?? new Map<string, CachedStats>();
  STATS_CACHES.set(adminSender, cache);
  const cacheKey = JSON.stringify([sender.account, since, webhook]);
  const cached = cache.get(cacheKey);
  if (cached !== undefined && Math.abs(now - cached.queriedAt) < STATS_TTL_MS) return cached.stats;
  const stats = queryStats(sender, since, webhook);
  const entry = { stats, queriedAt: now };
  cache.delete(cacheKey);
  cache.set(cacheKey, entry);
  for (const [oldest] of cache) {
    if (cache.size <= MAX_CACHED_QUERIES) break;
    cache.delete(oldest);
  }
  try {
    return await stats;
  } catch (error) {
    if (cache.get(cacheKey) === entry) cache.delete(cacheKey);
    throw error;
  }
}

async function queryStats(
  sender: AccountSender,
  since: string,
  webhook: string | null,
): Promise<DeliveryStats> {
  // Rejects the webhook of another account instead of returning empty statistics.
  if (webhook !== null) await sender.webhooks.get(webhook);
  return sender.deliveries.stats({ since: since as "24h", ...(webhook === null ? {} : { webhook }) });
}
