import type { Claim, NewEvent, PublishResult, Store, WebhookRecord } from "../../../engine/src/index.ts";

/** A store and its clock. */
export interface StoreUnderTest {
  readonly store: Store;
  advance(ms: number): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** Opens an empty store with a limit of pending deliveries per account. */
export type OpenStore = (options?: {
  readonly maxPending?: number;
}) => StoreUnderTest | Promise<StoreUnderTest>;

export const LEASE_MS = 30_000;
export const UNLIMITED: number = Number.MAX_SAFE_INTEGER;

let idCount = 0;

/** A webhook for `a.*` by default. */
export function createWebhook(parts: Partial<WebhookRecord> = {}): WebhookRecord {
  return {
    id: `wbh_${++idCount}`,
    account: "acme",
    url: "https://example.com/hook",
    topics: ["a.*"],
    headers: {},
    format: "heron",
    secrets: [{ value: "sec_0123456789abcdef01234567", expiresAt: null }],
    enabled: true,
    disabledBy: null,
    failingSince: null,
    concurrency: 10,
    rateLimit: null,
    description: "",
    metadata: {},
    createdAt: 0,
    version: 1,
    ...parts,
  };
}

/** An event of topic `a.b` by default. */
export function createEvent(parts: Partial<NewEvent> = {}): NewEvent {
  const id = parts.id ?? `evt_${++idCount}`;
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

/** Shortcuts for the most frequent calls of a store. */
export class TestStore {
  readonly store: Store;
  readonly advance: StoreUnderTest["advance"];

  constructor({ store, advance }: StoreUnderTest) {
    this.store = store;
    this.advance = advance;
  }

  async create(...webhooks: readonly WebhookRecord[]): Promise<void> {
    for (const record of webhooks) await this.store.webhooks.create(record, 1_000_000);
  }

  async publish(...events: readonly NewEvent[]): Promise<readonly PublishResult[]> {
    return (await this.store.publish(events)).published;
  }

  claim(max: number = UNLIMITED, claimant = "one", leaseMs: number = LEASE_MS): Promise<readonly Claim[]> {
    return this.store.claim({ claimant, max: Math.min(max, 10_000), leaseMs });
  }

  complete(claim: Claim, state: "delivered" | "release" = "delivered"): Promise<readonly string[]> {
    const attempt =
      state === "release" ? null : { responseStatus: 200, durationMs: 5, reason: null, responseBody: null };
    return this.store.complete([{ lease: claim.lease, completion: { state }, attempt }]);
  }

  retry(claim: Claim, delayMs: number): Promise<readonly string[]> {
    const attempt = { responseStatus: 503, durationMs: 5, reason: "answered 503", responseBody: "busy" };
    return this.store.complete([{ lease: claim.lease, completion: { state: "retry", delayMs }, attempt }]);
  }

  fail(claim: Claim): Promise<readonly string[]> {
    const attempt = { responseStatus: 400, durationMs: 9, reason: "answered 400", responseBody: "no" };
    return this.store.complete([
      { lease: claim.lease, completion: { state: "dead", reason: "answered 400" }, attempt },
    ]);
  }
}

export function countBy<T>(
  items: readonly T[],
  getKey: (item: T) => string,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[getKey(item)] = (counts[getKey(item)] ?? 0) + 1;
  return counts;
}
