import type { Claim, ClaimRequest, Lease } from "../storage/store.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { LocalWebhookQueue } from "./queued-delivery.ts";

export interface ClaimerContext {
  readonly localQueue: LocalQueue;
  readonly now: () => number;
  /** Resolves when the store can be read and its initial state is loaded. */
  readonly ready: () => Promise<void>;
  /** Loads more deliveries of these webhooks. */
  readonly load: (queues: readonly LocalWebhookQueue[]) => Promise<void>;
}

/** How many webhooks are refilled at once. */
const MAX_REFILLED_WEBHOOKS = 64;

/** Claims from memory, and refills memory from the store. */
export class Claimer {
  readonly #context: ClaimerContext;
  #lastClaim: Promise<unknown> = Promise.resolve();
  /** The refill in progress; null if there is none. */
  #refilling: Promise<void> | null = null;

  constructor(context: ClaimerContext) {
    this.#context = context;
  }

  /** Claims run one at a time: a claim may have to wait for deliveries that the next would take. */
  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const claim = this.#lastClaim.then(() => this.#claim(request));
    this.#lastClaim = claim.catch(() => {});
    return claim;
  }

  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[] {
    const { localQueue } = this.#context;
    const now = this.#context.now();
    return leases.filter((lease) => !localQueue.renew(lease, leaseMs, now));
  }

  async nextDueIn(): Promise<number | null> {
    await this.#context.ready();
    // Deliveries that are being loaded may be due now.
    await this.#refilling;
    return this.#context.localQueue.getNextClaimableIn(this.#context.now());
  }

  /** Claims from memory, and waits for a refill only if memory has too little. */
  async #claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const { localQueue, now, ready } = this.#context;
    await ready();
    const claims: Claim[] = [];
    for (;;) {
      claims.push(...localQueue.claim({ ...request, max: request.max - claims.length }, now()));
      const queuesToRefill = localQueue.takeQueuesToRefill(MAX_REFILLED_WEBHOOKS, now());
      if (queuesToRefill.length > 0) this.#refill(queuesToRefill);
      // Later claims find what is being loaded now.
      if (claims.length >= request.max || this.#refilling === null) return claims;
      try {
        await this.#refilling;
      } catch (error) {
        // These claims are leased already; the next claim reports the error.
        if (claims.length > 0) return claims;
        throw error;
      }
    }
  }

  /** Starts a refill. If it fails, the next claim starts it again. */
  #refill(queues: readonly LocalWebhookQueue[]): void {
    const previous = this.#refilling;
    const refilling = Promise.all([previous, this.#load(queues)])
      .then(() => {})
      .finally(() => {
        if (this.#refilling === refilling) this.#refilling = null;
      });
    refilling.catch(() => {});
    this.#refilling = refilling;
  }

  async #load(queues: readonly LocalWebhookQueue[]): Promise<void> {
    const { localQueue, now, load } = this.#context;
    try {
      await load(queues);
    } finally {
      for (const queue of queues) localQueue.onRefilled(queue, now());
    }
  }
}
