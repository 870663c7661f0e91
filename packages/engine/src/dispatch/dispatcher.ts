import { type Clock, HeronError, type Logger } from "@heron-webhooks/core";
import { type InFlightItem, InFlightSet } from "../in-flight-set.ts";
import type { AttemptResult, Claim, Lease, Store } from "../storage/store.ts";
import { yieldToEventLoop } from "../yield-to-event-loop.ts";
import { Completer } from "./completer.ts";

/** Makes the attempt for a claim, and returns the result to record. Never rejects. */
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
  /** Called when leases were lost before their attempts were recorded. */
  readonly onLeaseLost: (count: number) => void;
  /** Aborts the attempts in flight when the close timeout has passed. */
  readonly abortController: AbortController;
}

/** A claim whose attempt is in flight. */
interface InFlightDelivery extends InFlightItem {
  readonly lease: Lease;
}

const MIN_RETRY_DELAY_MS = 1000;
const MAX_RETRY_DELAY_MS = 30_000;
/** How many results may wait to be recorded before claiming stops. */
const MAX_UNRECORDED_RESULTS = 2000;

/**
 * Claims due deliveries, attempts them and records the results, with up to `concurrency` attempts in flight. Renews the
 * leases of deliveries in flight. When the store fails, it retries without losing a result.
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
  #hasClaimFailed = false;
  /** Until when errors of an operation are not logged again. */
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
        // No retry while closing: the leases expire, and the next claimant attempts the deliveries again.
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

  /** Schedules a claim: a delivery may have become claimable. */
  notify(): void {
    this.#isClaimRequested = true;
    // Without capacity there is nothing to claim: freed capacity notifies again.
    if (this.#isRunning && this.#claiming === null && this.#hasCapacity()) this.#claiming = this.#claimDue();
  }

  /** Stops claiming, waits up to `timeoutMs` for deliveries in flight, then aborts and releases the rest. */
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
    // A store that cannot be opened may take long to respond.
    await Promise.race([this.#claiming, timedOut]);
    this.#cancelTimer();
    await this.#inFlight.whenEmpty();
    cancelTimeout();
    this.#cancelRenewal();
    await this.#completer.close();
  }

  async #claimDue(): Promise<void> {
    // Collects all capacity that is freed in this iteration of the event loop.
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
      // Results that could not be written may still occupy their webhooks.
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

  /** Stops attempts while results cannot be recorded. */
  #hasCapacity(): boolean {
    return this.#inFlight.size < this.#settings.concurrency && this.#completer.count < MAX_UNRECORDED_RESULTS;
  }

  #scheduleClaim(ms: number | null): void {
    this.#cancelTimer();
    if (!this.#isRunning) return;
    const { clock, pollIntervalMs } = this.#settings;
    this.#cancelTimer = clock.setTimeout(
      () => this.notify(),
      Math.max(1, Math.min(ms ?? pollIntervalMs, pollIntervalMs)),
    );
  }

  #dispatch(claim: Claim): void {
    const inFlightDelivery: InFlightDelivery = { lease: claim.lease, index: 0 };
    this.#inFlight.add(inFlightDelivery);
    void this.#attempt(claim, this.#abortController.signal).then((result) => {
      // Push first: `close()` waits for both sets in this order.
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
    // Notifications may trigger earlier retries; one log line per interval is enough.
    const now = this.#settings.clock.now();
    if (now < (this.#logSuppressedUntil.get(operation) ?? 0)) return;
    this.#logSuppressedUntil.set(operation, now + this.#retryDelayMs);
    this.#settings.logger.error(
      { err: error, store: this.#store.name },
      `heron-webhooks: store operation "${operation}" failed; retrying`,
    );
  }
}
