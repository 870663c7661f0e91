import type { AccountSender, DeliveryStats, Sender } from "@heron-webhooks/sender";

/** For how long what was counted is given again, in milliseconds. */
const KEPT_MS = 2000;
const MOST = 500;

interface Kept {
  readonly stats: Promise<DeliveryStats>;
  readonly at: number;
}

const KEPT = new WeakMap<Sender, Map<string, Kept>>();

export interface StatsQuery {
  readonly since: string;
  readonly webhook: string | null;
  readonly now: number;
}

/**
 * What an account's deliveries came to: counted once for many who look at the same time, since each count reads thousands.
 * @throws HeronError `webhook_not_found`, `option_invalid`, and what the store throws
 */
export async function statsOf(
  everybody: Sender,
  sender: AccountSender,
  { since, webhook, now }: StatsQuery,
): Promise<DeliveryStats> {
  const kept = KEPT.get(everybody) ?? new Map<string, Kept>();
  KEPT.set(everybody, kept);
  const name = JSON.stringify([sender.account, since, webhook]);
  const known = kept.get(name);
  if (known !== undefined && Math.abs(now - known.at) < KEPT_MS) return known.stats;
  const stats = counted(sender, since, webhook);
  const own = { stats, at: now };
  kept.delete(name);
  kept.set(name, own);
  for (const [oldest] of kept) {
    if (kept.size <= MOST) break;
    kept.delete(oldest);
  }
  try {
    return await stats;
  } catch (error) {
    if (kept.get(name) === own) kept.delete(name);
    throw error;
  }
}

async function counted(sender: AccountSender, since: string, webhook: string | null): Promise<DeliveryStats> {
  // Another's webhook is not there, rather than one without deliveries.
  if (webhook !== null) await sender.webhooks.get(webhook);
  return sender.deliveries.stats({ since: since as "24h", ...(webhook === null ? {} : { webhook }) });
}
