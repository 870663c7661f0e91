import { mixed } from "./random.ts";

export type Kind = "quiet" | "large" | "noisy" | "hanging";

/** A webhook, as far as the simulation goes. */
export interface Webhook {
  readonly account: number;
  readonly kind: Kind;
  /** Deliveries that become due, a second. */
  readonly rate: number;
  /** So many attempts may be under way at once. */
  readonly concurrency: number;
}

/** How long an attempt takes that is answered, in seconds, in the mean. */
export const ATTEMPT = 0.2;
/** The sender's default. */
const CONCURRENCY = 10;

/** The parts that accounts have of the traffic: that of the kth is in proportion to 1/k^exponent. They sum up to 1. */
export function zipf(accounts: number, exponent: number): Float64Array {
  const parts = Float64Array.from({ length: accounts }, (_, k) => (k + 1) ** -exponent);
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}

/**
 * Accounts of two webhooks each, that share `rate` as Zipf has it. The webhooks of those that need more than the default
 * concurrency have been given it: four times what they use in the mean. The first `large` are told apart.
 */
export function quietWebhooks(parts: Float64Array, rate: number, large = 0): Webhook[] {
  return [...parts].flatMap((part, account) => {
    const own = (part * rate) / 2;
    const concurrency = Math.max(CONCURRENCY, Math.ceil(4 * own * ATTEMPT));
    const kind = account < large ? "large" : "quiet";
    const webhook: Webhook = { account, kind, rate: own, concurrency };
    return [webhook, webhook];
  });
}

/** One account with so many webhooks that their concurrency bounds nothing. */
export function noisyWebhooks(account: number, rate: number): Webhook[] {
  const count = 120;
  return Array.from({ length: count }, () => ({
    account,
    kind: "noisy",
    rate: rate / count,
    concurrency: CONCURRENCY,
  }));
}

/** Webhooks of accounts of their own whose receivers never answer. */
export function hangingWebhooks(account: number, count: number, rate: number): Webhook[] {
  return Array.from({ length: count }, (_, i) => ({
    account: account + i,
    kind: "hanging",
    rate: rate / count,
    concurrency: CONCURRENCY,
  }));
}

/** The shard of an account, by a hash of its number. */
export function shardOf(account: number, shards: number, seed = 0): number {
  return mixed(account + mixed(seed)) % shards;
}
