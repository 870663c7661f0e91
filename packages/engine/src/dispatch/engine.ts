import { type Clock, HeronError, type Logger } from "@heron-webhooks/core";
import { Bag, type Bagged } from "../bag.ts";
import type { Claim, Lease, Settlement, Store } from "../storage/store.ts";
import { nextTurn } from "../turn.ts";
import { Settler } from "./settler.ts";

/** Makes the attempt that a claim is for, and says what to record. Never rejects. */
export type Work = (claim: Claim, signal: AbortSignal) => Promise<Settlement>;

/** Durations are in milliseconds. */
export interface EngineSettings {
  /** How many attempts may be in flight. */
  readonly slots: number;
  readonly leaseMs: number;
  /** The longest time between two polls, for changes of which no notification arrives. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface EngineContext {
  readonly store: Store;
  readonly work: Work;
  readonly settings: EngineSettings;
  /** Leases were lost before their attempts were recorded. */
  readonly onLeaseLost: (count: number) => void;
  /** Aborts the attempts in flight when the time for closing is over. */
  readonly cancelled: AbortController;
}

/** A claim whose attempt is being made. */
interface UnderWay extends Bagged {
  readonly lease: Lease;
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** So many attempts may have been made that are not recorded. */
const MOST_UNSETTLED = 2000;

/**
 * Claims what is due, has it attempted, and settles: as many at a time as there are slots, for as long as it runs.
 * Leases of what is under way are renewed; a store that fails is tried again, and nothing is forgotten meanwhile.
 */
export class Engine {
  readonly #store: Store;
  readonly #work: Work;
  readonly #settings: EngineSettings;
  readonly #worker = `w${Math.random().toString(36).slice(2, 12)}`;
  readonly #underWay = new Bag<UnderWay>();
  readonly #settler: Settler;
  readonly #cancelled: AbortController;
  #pumping: Promise<void> | null = null;
  #wanted = false;
  #running = false;
  #closed = false;
  #pause = FIRST_PAUSE;
  /** The last claim failed. */
  #isDown = false;
  /** Until when no more is said of an operation that failed. */
  readonly #quietUntil = new Map<string, number>();
  #stopTimer: () => void = () => {};
  #stopRenewal: () => void = () => {};
  #stopHints: () => void = () => {};

  constructor({ store, work, settings, onLeaseLost, cancelled }: EngineContext) {
    this.#store = store;
    this.#work = work;
    this.#settings = settings;
    this.#cancelled = cancelled;
    this.#settler = new Settler({
      store,
      clock: settings.clock,
      settled: () => this.wake(),
      lost: onLeaseLost,
      failed: (error, before) => {
        this.#storeFailed("settle", error);
        // Closing, there is no later: the leases run out, and whoever claims next attempts them again.
        return this.#running ? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** before) : null;
      },
    });
  }

  start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#stopHints = this.#store.onHint?.(() => this.wake()) ?? (() => {});
    this.#renewLater();
    this.wake();
  }

  /** Something may be claimable. */
  wake(): void {
    this.#wanted = true;
    // Without a free slot there is nothing to be done: whatever frees one wakes again.
    if (this.#running && this.#pumping === null && this.#hasSlots()) this.#pumping = this.#pump();
  }

  /**
   * Claims no more, waits up to `graceMs` for what is under way, breaks off the rest and hands it back.
   */
  async close(graceMs: number): Promise<void> {
    this.#running = false;
    this.#closed = true;
    this.#stopHints();
    let stopGrace = (): void => {};
    const late = new Promise<void>((resolve) => {
      stopGrace = this.#settings.clock.setTimeout(() => {
        this.#cancelled.abort();
        resolve();
      }, graceMs);
    });
    // A store that cannot be opened may not answer for long.
    await Promise.race([this.#pumping, late]);
    this.#stopTimer();
    await this.#underWay.empty();
    stopGrace();
    this.#stopRenewal();
    await this.#settler.close();
  }

  async #pump(): Promise<void> {
    // What becomes free in this turn of the loop is filled at once.
    await nextTurn();
    try {
      while (this.#wanted && this.#running && this.#hasSlots()) {
        this.#wanted = false;
        const max = this.#settings.slots - this.#underWay.size;
        const claims = await this.#store.claim({
          worker: this.#worker,
          max,
          leaseMs: this.#settings.leaseMs,
        });
        for (const claim of claims) this.#begin(claim);
      }
      this.#pause = FIRST_PAUSE;
      // What could not be settled meanwhile may keep its webhooks waiting.
      if (this.#isDown) this.#settler.hurry();
      this.#isDown = false;
      if (this.#running && this.#hasSlots()) this.#sleep(await this.#store.nextDueIn());
    } catch (error) {
      this.#isDown = true;
      this.#storeFailed("claim", error);
      this.#sleep(this.#nextPause());
    } finally {
      this.#pumping = null;
      if (this.#wanted) this.wake();
    }
  }

  /** While nothing can be written down, nothing more is attempted. */
  #hasSlots(): boolean {
    return this.#underWay.size < this.#settings.slots && this.#settler.count < MOST_UNSETTLED;
  }

  #sleep(ms: number | null): void {
    this.#stopTimer();
    if (!this.#running) return;
    const { clock, pollMs } = this.#settings;
    this.#stopTimer = clock.setTimeout(() => this.wake(), Math.max(1, Math.min(ms ?? pollMs, pollMs)));
  }

  #begin(claim: Claim): void {
    const underWay: UnderWay = { lease: claim.lease, place: 0 };
    this.#underWay.add(underWay);
    void this.#work(claim, this.#cancelled.signal).then((settlement) => {
      // Before it is out of the bag: who closes waits for both.
      this.#settler.push(settlement);
      this.#underWay.delete(underWay);
      this.wake();
    });
  }

  #renewLater(): void {
    const { clock, leaseMs } = this.#settings;
    this.#stopRenewal = clock.setTimeout(() => {
      void this.#renew().finally(() => this.#renewLater());
    }, leaseMs / 3);
  }

  async #renew(): Promise<void> {
    const leases = [...this.#underWay].map(({ lease }) => lease);
    leases.push(...this.#settler.leases);
    if (leases.length === 0) return;
    try {
      await this.#store.renew(leases, this.#settings.leaseMs);
    } catch (error) {
      this.#storeFailed("renew", error);
    }
  }

  #nextPause(): number {
    const pause = this.#pause;
    this.#pause = Math.min(LONGEST_PAUSE, pause * 2);
    return pause;
  }

  #storeFailed(operation: string, error: unknown): void {
    if (HeronError.is(error, "closed")) return;
    // A hint may have it tried again sooner; the log needs no line for each.
    const now = this.#settings.clock.now();
    if (now < (this.#quietUntil.get(operation) ?? 0)) return;
    this.#quietUntil.set(operation, now + this.#pause);
    this.#settings.logger.error(
      { err: error, store: this.#store.name },
      `heron-webhooks: the store could not ${operation}; it will be tried again`,
    );
  }
}
