import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { createSender, type NewEvent, type Store } from "@heron-webhooks/sender";
import { median } from "../ratio.ts";
import { LOGGER } from "../send/heron-sender.ts";
import { SECRET, STOCKED_BODY, TOPIC } from "../send/request.ts";
import { MOST_OWED, SLOTS } from "../send/subject.ts";

/** Each with a webhook. */
const ACCOUNTS = 100;
/** So many claims may be on their way back while the next is made. */
const MOST_SETTLING = 4;
const CLAIMS_ALONE = 20;
const LEASE_MS = 60_000;

/** What delivering so many came to. */
export interface Stretch {
  readonly delivered: number;
  readonly perSecond: number;
  /** Median of a claim of up to {@link SLOTS}, in milliseconds, while others publish and settle. */
  readonly claimMs: number;
}

/** Makes the webhooks that {@link work} publishes for. */
export async function makeWebhooks(store: Store, url: string): Promise<void> {
  const sender = createSender({
    store: { ...store, close: async () => {} },
    egress: { allow: ["127.0.0.0/8"], http: true },
    logger: LOGGER,
  });
  for (let i = 0; i < ACCOUNTS; i++)
    await sender.webhooks.create({
      account: `account-${i}`,
      url,
      topics: [TOPIC],
      secret: SECRET,
      concurrency: SLOTS,
    });
  await sender.close();
}

/** Publishes, claims and settles so many as a sender would whose receivers answer at once; until then at the latest. */
export async function work(store: Store, count: number, until: number): Promise<Stretch> {
  const from = performance.now();
  const working = new Work(store, count, until);
  await Promise.all([working.publishAll(), working.claimAll()]);
  const { settled, claimMs } = working;
  return {
    delivered: settled,
    perSecond: (settled / (performance.now() - from)) * 1000,
    claimMs: median(claimMs),
  };
}

class Work {
  readonly claimMs: number[] = [];
  settled = 0;
  readonly #store: Store;
  readonly #count: number;
  readonly #until: number;
  readonly #settling = new Set<Promise<void>>();
  #published = 0;
  #claimed = 0;

  constructor(store: Store, count: number, until: number) {
    this.#store = store;
    this.#count = count;
    this.#until = until;
  }

  async publishAll(): Promise<void> {
    while (this.#published < this.#count && !this.#isOver) {
      if (this.#published - this.settled >= MOST_OWED) await after(1);
      else {
        await publish(this.#store, ACCOUNTS);
        this.#published += ACCOUNTS;
      }
    }
  }

  async claimAll(): Promise<void> {
    while (this.#claimed < this.#count && !this.#isOver) {
      if (this.#claimed >= this.#published) await after(1);
      else if (this.#settling.size >= MOST_SETTLING) await Promise.race(this.#settling);
      else await this.#claim();
    }
    await Promise.all(this.#settling);
  }

  get #isOver(): boolean {
    return performance.now() > this.#until;
  }

  async #claim(): Promise<void> {
    const from = performance.now();
    const claims = await this.#store.claim({ worker: "bench", max: SLOTS, leaseMs: LEASE_MS });
    this.claimMs.push(performance.now() - from);
    this.#claimed += claims.length;
    const settling = settle(this.#store, claims).then((count) => {
      this.settled += count;
      this.#settling.delete(settling);
    });
    this.#settling.add(settling);
  }
}

/** What a claim of {@link SLOTS} takes while nothing else is done: median, in milliseconds. */
export async function claimAlone(store: Store): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < CLAIMS_ALONE; i++) {
    await publish(store, SLOTS);
    const began = performance.now();
    const claims = await store.claim({ worker: "bench", max: SLOTS, leaseMs: LEASE_MS });
    times.push(performance.now() - began);
    await settle(store, claims);
  }
  return median(times);
}

async function publish(store: Store, count: number): Promise<void> {
  const events = Array.from(
    { length: count },
    (_, i): NewEvent => ({
      account: `account-${i % ACCOUNTS}`,
      id: `evt_${randomUUID()}`,
      idempotent: false,
      topic: TOPIC,
      body: STOCKED_BODY,
      user: null,
      webhook: null,
    }),
  );
  await store.publish(events);
}

async function settle(store: Store, claims: Awaited<ReturnType<Store["claim"]>>): Promise<number> {
  const attempt = { status: 200, ms: 1, reason: null, answer: null };
  const lost = await store.settle(
    claims.map(({ lease }) => ({ lease, settled: { state: "delivered" }, attempt })),
  );
  return claims.length - lost.length;
}
