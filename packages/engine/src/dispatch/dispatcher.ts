import { type Clock, HeronError, type Logger } from "@heron-webhooks/core";
import { InFlightSet, type InFlightItem } from "../in-flight-set.ts";
import type { Claim, Lease, AttemptResult, Store } from "../storage/store.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";
import { Completer } from "./completer.ts";

/** Makes the attempt that a claim is for, and says what to record. Never rejects. */
export type AttemptDelivery = (claim: Claim, signal: AbortSignal) => Promise<AttemptResult>;

/** Durations are in milliseconds. */
export interface DispatcherSettings {
  /** How many attempts may be in flight. */
  readonly concurrency: number;
  readonly leaseDurationMs: number;
  /** The longest time between two polls, for changes of which no notification arrives. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DispatcherContext {
  readonly store: Store;
  readonly attempt: AttemptDelivery;
  readonly settings: DispatcherSettings;
  /** Leases were lost before their attempts were recorded. */
  readonly onLeaseLost: (count: number) => void;
  /** Aborts the attempts in flight when the time for closing is over. */
  readonly abortController: AbortController;
}

/** A claim whose attempt is being made. */
interface InFlightDelivery extends InFlightItem {
  readonly lease: Lease;
}

const MIN_RETRY_DELAY_MS = 1000;
const MAX_RETRY_DELAY_MS = 30_000;
/** So many attempts may have been made that are not recorded. */
const MAX_UNRECORDED_RESULTS = 2000;

/**
 * Claims what is due, has it attempted, and settles: as many at a time as there are slots, for as long as it runs.
 * Leases of what is under way are renewed; a store that fails is tried again, and nothing is forgotten meanwhile.
 */
export class Dispatcher {
  readonly #store: Store;
  readonly #attempt: AttemptDelivery;
  readonly #settings: DispatcherSettings;
  readonly #claimant = `w${Math.random().toString(36).slice(2, 12)}`;
  readonly #inFlight = new InFlightSet<InFlightDelivery>();
  readonly #completer: Completer;
  readonly #abortController: AbortController;
  #claiming: Promise<void> | null = null;
  #isClaimRequested = false;
  #isRunning = false;
  #isClosed = false;
  #retryDelayMs = MIN_RETRY_DELAY_MS;
  /** The last claim failed. */
  #hasClaimFailed = false;
  /** Until when no more is said of an operation that failed. */
  readonly #logSuppressedUntil = new Map<string, number>();
  #cancelTimer: () => void = () => {};
  #cancelRenewal: () => void = () => {};
  #unsubscribe: () => void = () => {};

  constructor({ store, attempt, settings, onLeaseLost, abortController }: DispatcherContext) {
    this.#store = store;
    this.#attempt = attempt;
    this.#settings = settings;
    this.#abortController = abortController;
    this.#completer = new Completer({
      store,
      clock: settings.clock,
      onCompleted: () => this.notify(),
      onLeasesLost: onLeaseLost,
      onError: (error, before) => {
        this.#logStoreError("complete", error);
        // Closing, there is no later: the leases run out, and whoever claims next attempts them again.
        return this.#isRunning ? Math.min(MAX_RETRY_DELAY_MS, MIN_RETRY_DELAY_MS * 2 ** before) : null;
      },
    });
  }

  start(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#unsubscribe = this.#store.onNotify?.(() => this.notify()) ?? (() => {});
    this.#scheduleRenewal();
    this.notify();
  }

  /** Something may be claimable. */
  notify(): void {
    this.#isClaimRequested = true;
    // Without a free slot there is nothing to be done: whatever frees one wakes again.
    if (this.#isRunning && this.#claiming === null && this.#hasCapacity()) this.#claiming = this.#claimDue();
  }

  /**
   * Claims no more, waits up to `graceMs` for what is under way, breaks off the rest and hands it back.
   */
  async close(timeoutMs: number): Promise<void> {
    this.#isRunning = false;
    this.#isClosed = true;
    this.#unsubscribe();
    let cancelTimeout = (): void => {};
    const timedOut = new Promise<void>((resolve) => {
      cancelTimeout = this.#settings.clock.setTimeout(() => {
        this.#abortController.abort();
        resolve();
      }, timeoutMs);
    });
    // A store that cannot be opened may not answer for long.
    await Promise.race([this.#claiming, timedOut]);
    this.#cancelTimer();
    await this.#inFlight.whenEmpty();
    cancelTimeout();
    this.#cancelRenewal();
    await this.#completer.close();
  }

  async #claimDue(): Promise<void> {
    // What becomes free in this turn of the loop is filled at once.
    await yieldToEventLoop();
    try {
      while (this.#isClaimRequested && this.#isRunning && this.#hasCapacity()) {
        this.#isClaimRequested = false;
        const max = this.#settings.concurrency - this.#inFlight.size;
        const claims = await this.#store.claim({
          claimant: this.#claimant,
          max,
          leaseMs: this.#settings.leaseDurationMs,
        });
        for (const claim of claims) this.#dispatch(claim);
      }
      this.#retryDelayMs = MIN_RETRY_DELAY_MS;
      // What could not be settled meanwhile may keep its webhooks waiting.
      if (this.#hasClaimFailed) this.#completer.retryNow();
      this.#hasClaimFailed = false;
      if (this.#isRunning && this.#hasCapacity()) this.#scheduleClaim(await this.#store.nextDueIn());
    } catch (error) {
      this.#hasClaimFailed = true;
      this.#logStoreError("claim", error);
      this.#scheduleClaim(this.#nextRetryDelay());
    } finally {
      this.#claiming = null;
      if (this.#isClaimRequested) this.notify();
    }
  }

  /** While nothing can be written down, nothing more is attempted. */
  #hasCapacity(): boolean {
    return this.#inFlight.size < this.#settings.concurrency && this.#completer.count < MAX_UNRECORDED_RESULTS;
  }

  #scheduleClaim(ms: number | null): void {
    this.#cancelTimer();
    if (!this.#isRunning) return;
    const { clock, pollIntervalMs } = this.#settings;
    this.#cancelTimer = clock.setTimeout(() => this.notify(), Math.max(1, Math.min(ms ?? pollIntervalMs, pollIntervalMs)));
  }

  #dispatch(claim: Claim): void {
    const inFlightDelivery: InFlightDelivery = { lease: claim.lease, index: 0 };
    this.#inFlight.add(inFlightDelivery);
    void this.#attempt(claim, this.#abortController.signal).then((result) => {
      // Before it is out of the bag: who closes waits for both.
      this.#completer.push(result);
      this.#inFlight.delete(inFlightDelivery);
      this.notify();
    });
  }

  #scheduleRenewal(): void {
    const { clock, leaseDurationMs } = this.#settings;
    this.#cancelRenewal = clock.setTimeout(() => {
      void this.#renewLeases().finally(() => this.#scheduleRenewal());
    }, leaseDurationMs / 3);
  }

  async #renewLeases(): Promise<void> {
    const leases = [...this.#inFlight].map(({ lease }) => lease);
    leases.push(...this.#completer.leases);
    if (leases.length === 0) return;
    try {
      await this.#store.renew(leases, this.#settings.leaseDurationMs);
    } catch (error) {
      this.#logStoreError("renew", error);
    }
  }

  #nextRetryDelay(): number {
    const delayMs = this.#retryDelayMs;
    this.#retryDelayMs = Math.min(MAX_RETRY_DELAY_MS, delayMs * 2);
    return delayMs;
  }

  #logStoreError(operation: string, error: unknown): void {
    if (HeronError.is(error, "closed")) return;
    // A hint may have it tried again sooner; the log needs no line for each.
    const now = this.#settings.clock.now();
    if (now < (this.#logSuppressedUntil.get(operation) ?? 0)) return;
    this.#logSuppressedUntil.set(operation, now + this.#retryDelayMs);
    this.#settings.logger.error(
      { err: error, store: this.#store.name },
      `heron-webhooks: the store could not ${operation}; it will be tried again`,
    );
  }
}
