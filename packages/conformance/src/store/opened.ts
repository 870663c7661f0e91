import type { Claim, NewEvent, Published, Store, WebhookRecord } from "../../../engine/src/index.ts";

/** A store, and the time it lives in. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Moves the store's time on. */
  advance(ms: number): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** Opens an empty store; its accounts may have so many pending deliveries. */
export type OpenStore = (options?: {
  readonly maxPending?: number;
}) => StoreUnderTest | Promise<StoreUnderTest>;

export const LEASE = 30_000;
export const ANYTIME: number = Number.MAX_SAFE_INTEGER;

let made = 0;

/** A webhook for everything of `a.*`, unless said otherwise. */
export function webhook(parts: Partial<WebhookRecord> = {}): WebhookRecord {
  return {
    id: `wbh_${++made}`,
    account: "acme",
    url: "https://example.com/hook",
    topics: ["a.*"],
    headers: {},
    format: "heron",
    secrets: [{ value: "sec_0123456789abcdef01234567", until: null }],
    enabled: true,
    disabledBy: null,
    failingSince: null,
    concurrency: 10,
    rate: null,
    description: "",
    metadata: {},
    created: 0,
    version: 1,
    ...parts,
  };
}

/** An event of topic `a.b`, unless said otherwise. */
export function event(parts: Partial<NewEvent> = {}): NewEvent {
  const id = parts.id ?? `evt_${++made}`;
  return {
    account: "acme",
    id,
    idempotent: false,
    topic: "a.b",
    body: `{"topic":"a.b","id":"${id}"}`,
    user: null,
    webhook: null,
    ...parts,
  };
}

/** What a store is asked to do most, in few words. */
export class Opened {
  readonly store: Store;
  readonly advance: StoreUnderTest["advance"];

  constructor({ store, advance }: StoreUnderTest) {
    this.store = store;
    this.advance = advance;
  }

  async create(...webhooks: readonly WebhookRecord[]): Promise<void> {
    for (const one of webhooks) await this.store.webhooks.create(one, 1_000_000);
  }

  async publish(...events: readonly NewEvent[]): Promise<readonly Published[]> {
    return (await this.store.publish(events)).published;
  }

  claim(max: number = ANYTIME, worker = "one", leaseMs: number = LEASE): Promise<readonly Claim[]> {
    return this.store.claim({ worker, max: Math.min(max, 10_000), leaseMs });
  }

  settle(claim: Claim, state: "delivered" | "release" = "delivered"): Promise<readonly string[]> {
    const attempt = state === "release" ? null : { status: 200, ms: 5, reason: null, answer: null };
    return this.store.settle([{ lease: claim.lease, settled: { state }, attempt }]);
  }

  retry(claim: Claim, delayMs: number): Promise<readonly string[]> {
    const attempt = { status: 503, ms: 5, reason: "answered 503", answer: "busy" };
    return this.store.settle([{ lease: claim.lease, settled: { state: "retry", delayMs }, attempt }]);
  }

  kill(claim: Claim): Promise<readonly string[]> {
    const attempt = { status: 400, ms: 9, reason: "answered 400", answer: "no" };
    return this.store.settle([
      { lease: claim.lease, settled: { state: "dead", reason: "answered 400" }, attempt },
    ]);
  }
}

/** How many of each. */
export function countsBy<T>(items: readonly T[], by: (item: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[by(item)] = (counts[by(item)] ?? 0) + 1;
  return counts;
}
