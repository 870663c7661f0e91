import type { Claim, ClaimRequest, Lease } from "../storage/store.ts";
import type { Hot } from "./hot.ts";
import type { HotLane } from "./hot-delivery.ts";

export interface ClaimingContext {
  readonly hot: Hot;
  readonly now: () => number;
  /** Resolves when what is kept can be asked for, and all of it that must be known is. */
  readonly ready: () => Promise<void>;
  /** Brings more of these webhooks into memory. */
  readonly load: (lanes: readonly HotLane[]) => Promise<void>;
}

/** Of how many webhooks more is brought into memory at once. */
const MOST_LOADED = 64;

/** Claims from memory, and has brought there what is behind it. */
export class Claiming {
  readonly #context: ClaimingContext;
  #claiming: Promise<unknown> = Promise.resolve();
  /** Until all that was asked for is in memory; null if nothing is on its way. */
  #feeding: Promise<void> | null = null;

  constructor(context: ClaimingContext) {
    this.#context = context;
  }

  /** One claim after the other, since one may have to wait for what another would take. */
  claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const claim = this.#claiming.then(() => this.#claim(request));
    this.#claiming = claim.catch(() => {});
    return claim;
  }

  renew(leases: readonly Lease[], leaseMs: number): readonly Lease[] {
    const { hot } = this.#context;
    const now = this.#context.now();
    return leases.filter((lease) => !hot.renew(lease, leaseMs, now));
  }

  async nextDueIn(): Promise<number | null> {
    await this.#context.ready();
    // What is on its way into memory may be due now.
    await this.#feeding;
    return this.#context.hot.nextIn(this.#context.now());
  }

  /** Gives what is in memory; if that is too little, what must be brought there first. */
  async #claim(request: ClaimRequest): Promise<readonly Claim[]> {
    const { hot, now, ready } = this.#context;
    await ready();
    const claims: Claim[] = [];
    for (;;) {
      claims.push(...hot.claim({ ...request, max: request.max - claims.length }, now()));
      const hungry = hot.hungry(MOST_LOADED, now());
      if (hungry.length > 0) this.#feed(hungry);
      // What is on its way by then is there for a later claim.
      if (claims.length >= request.max || this.#feeding === null) return claims;
      try {
        await this.#feeding;
      } catch (error) {
        // What was taken is leased already; who claims next hears of it.
        if (claims.length > 0) return claims;
        throw error;
      }
    }
  }

  /** Brings more into memory. Should it fail, who claims next asks again. */
  #feed(lanes: readonly HotLane[]): void {
    const before = this.#feeding;
    const feeding = Promise.all([before, this.#load(lanes)])
      .then(() => {})
      .finally(() => {
        if (this.#feeding === feeding) this.#feeding = null;
      });
    feeding.catch(() => {});
    this.#feeding = feeding;
  }

  async #load(lanes: readonly HotLane[]): Promise<void> {
    const { hot, now, load } = this.#context;
    try {
      await load(lanes);
    } finally {
      for (const lane of lanes) hot.fed(lane, now());
    }
  }
}
