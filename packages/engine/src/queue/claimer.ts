import type { Claim, ClaimRequest, Lease } from "../storage/store.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { LocalWebhookQueue } from "./queued-delivery.ts";

export interface ClaimerContext {
  readonly localQueue: LocalQueue;
  readonly now: () => number;
  /** Resolves when what is kept can be asked for, and all of it that must be known is. */
  readonly ready: () => Promise<void>;
  /** Brings more of these webhooks into memory. */
  readonly load: (queues: readonly LocalWebhookQueue[]) => Promise<void>;
}

/** Of how many webhooks more is brought into memory at once. */
const MAX_REFILLED_WEBHOOKS = 64;

/** Claims from memory, and has brought there what is behind it. */
export class Claimer {
  readonly #context: ClaimerContext;
  #lastClaim: Promise<unknown> = Promise.resolve();
  /** Until all that was asked for is in memory; null if nothing is on its way. */
  #refilling: Promise<void> | null = null;

  constructor(context: ClaimerContext) {
    this.#context = context;
  }

  /** One claim after the other, since one may have to wait for what another would take. */
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
    // What is on its way into memory may be due now.
    await this.#refilling;
    return this.#context.localQueue.getNextClaimableIn(this.#context.now());
  }

  /** Gives what is in memory; if that is too little, what must be brought there first. */
  async #claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const { localQueue, now, ready } = this.#context;
    await ready();
    const claims: Claim[] = [];
    for (;;) {
      claims.push(...localQueue.claim({ ...request, max: request.max - claims.length }, now()));
      const queuesToRefill = localQueue.takeQueuesToRefill(MAX_REFILLED_WEBHOOKS, now());
      if (queuesToRefill.length > 0) this.#refill(queuesToRefill);
      // What is on its way by then is there for a later claim.
      if (claims.length >= request.max || this.#refilling === null) return claims;
      try {
        await this.#refilling;
      } catch (error) {
        // What was taken is leased already; who claims next hears of it.
        if (claims.length > 0) return claims;
        throw error;
      }
    }
  }

  /** Brings more into memory. Should it fail, who claims next asks again. */
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
