import { randomUUID } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import { createSender, type NewEvent, type Store } from "@heron-webhooks/sender";
import { median } from "../ratio.ts";
import { CONCURRENCY, MAX_PENDING } from "../send/delivery-program.ts";
import { SILENT_LOGGER } from "../send/heron-sender.ts";
import { PENDING_BODY, SECRET, TOPIC } from "../send/request.ts";

/** Each has one webhook. */
const ACCOUNT_COUNT = 100;
/** How many completions may be in flight during a claim. */
const MAX_PENDING_COMPLETIONS = 4;
const IDLE_CLAIM_COUNT = 20;
const LEASE_MS = 60_000;

export interface WorkResult {
  readonly delivered: number;
  readonly perSecond: number;
  /** Median time of a claim of up to {@link CONCURRENCY} under load. */
  readonly claimMs: number;
}

/** Creates the webhooks that {@link runWork} publishes for. */
export async function createWebhooks(store: Store, url: string): Promise<void> {
  const sender = createSender({
    store: { ...store, close: async () => {} },
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    logger: SILENT_LOGGER,
  });
  for (let i = 0; i < ACCOUNT_COUNT; i++)
    await sender.webhooks.create({
      account: `account-${i}`,
      url,
      topics: [TOPIC],
      secret: SECRET,
      concurrency: CONCURRENCY,
    });
  await sender.close();
}

/** Publishes, claims and completes like a sender whose receivers respond at once, up to the deadline. */
export async function runWork(store: Store, count: number, deadline: number): Promise<WorkResult> {
  const from = performance.now();
  const runner = new WorkRunner(store, count, deadline);
  await Promise.all([runner.publishAll(), runner.claimAll()]);
  const { completed, claimMs } = runner;
  return {
    delivered: completed,
    perSecond: (completed / (performance.now() - from)) * 1000,
    claimMs: median(claimMs),
  };
}

class WorkRunner {
  readonly claimMs: number[] = [];
  completed = 0;
  readonly #store: Store;
  readonly #count: number;
  readonly #deadline: number;
  readonly #completing = new Set<Promise<void>>();
  #published = 0;
  #claimed = 0;

  constructor(store: Store, count: number, deadline: number) {
    this.#store = store;
    this.#count = count;
    this.#deadline = deadline;
  }

  async publishAll(): Promise<void> {
    while (this.#published < this.#count && !this.#isPastDeadline) {
      if (this.#published - this.completed >= MAX_PENDING) await after(1);
      else {
        await publish(this.#store, ACCOUNT_COUNT);
        this.#published += ACCOUNT_COUNT;
      }
    }
  }

  async claimAll(): Promise<void> {
    while (this.#claimed < this.#count && !this.#isPastDeadline) {
      if (this.#claimed >= this.#published) await after(1);
      else if (this.#completing.size >= MAX_PENDING_COMPLETIONS) await Promise.race(this.#completing);
      else await this.#claim();
    }
    await Promise.all(this.#completing);
  }

  get #isPastDeadline(): boolean {
    return performance.now() > this.#deadline;
  }

  async #claim(): Promise<void> {
    const from = performance.now();
    const claims = await this.#store.claim({ claimant: "bench", max: CONCURRENCY, leaseMs: LEASE_MS });
    this.claimMs.push(performance.now() - from);
    this.#claimed += claims.length;
    const completion = completeClaims(this.#store, claims).then((count) => {
      this.completed += count;
      this.#completing.delete(completion);
    });
    this.#completing.add(completion);
  }
}

/** Median time of a claim of {@link CONCURRENCY} while the store is idle, in milliseconds. */
export async function measureIdleClaim(store: Store): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < IDLE_CLAIM_COUNT; i++) {
    await publish(store, CONCURRENCY);
    const startedAt = performance.now();
    const claims = await store.claim({ claimant: "bench", max: CONCURRENCY, leaseMs: LEASE_MS });
    times.push(performance.now() - startedAt);
    await completeClaims(store, claims);
  }
  return median(times);
}

async function publish(store: Store, count: number): Promise<void> {
  const events = Array.from(
    { length: count },
    (_, i): NewEvent => ({
      account: `account-${i % ACCOUNT_COUNT}`,
      id: `evt_${randomUUID()}`,
      idempotent: false,
      topic: TOPIC,
      body: PENDING_BODY,
      user: null,
      webhook: null,
    }),
  );
  await store.publish(events);
}

async function completeClaims(store: Store, claims: Awaited<ReturnType<Store["claim"]>>): Promise<number> {
  const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
  const lost = await store.complete(
    claims.map(({ lease }) => ({ lease, completion: { state: "delivered" }, attempt })),
  );
  return claims.length - lost.length;
}
