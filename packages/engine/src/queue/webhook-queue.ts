import type { PauseChange, PauseRecord } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";
import { Heap } from "./heap.ts";

/** Until when gates are closed, in milliseconds since 1970; infinite for as long as nobody opens one. */
export type Pauses = Map<PauseChange["reason"], number>;

/** Something that waits for its turn. */
export interface QueueItem {
  /** When it may be attempted, in milliseconds since 1970. */
  readonly dueAt: number;
  /** Of two that are due at the same time the lower goes first. */
  readonly sequence: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const LAST_ITEM: QueueItem = { dueAt: NEVER, sequence: NEVER };
/** With fewer in memory, more are asked for. */
const REFILL_THRESHOLD = 32;
/** So many times as many as may be under way may have ended without being written down. */
const MAX_UNCOMMITTED_FACTOR = 4;

/** A webhook and what waits for it. */
export class WebhookQueue<T extends QueueItem> {
  record: WebhookRecord;
  readonly pauses: Pauses = new Map();
  readonly waiting: Heap<T> = new Heap(
    (a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence),
  );
  /** When the earliest of those that are not in memory is due; null if all are. */
  storedDueAt: number | null = null;
  /** Its sequence, or that of one before it: 0 where that is not known. */
  storedSequence = 0;
  /** Some of those were asked for, and are on their way into memory. */
  isLoading = false;
  /** It is about to be somebody else's, and nothing more of it is served here. */
  isReleasing = false;
  /** How many of its deliveries are leased. */
  leasedCount = 0;
  /** When it is looked at again; infinite if that is not set. */
  timerAt: number = NEVER;
  /** How many attempts have ended that are not written down. */
  uncommittedCount = 0;
  /** It stands in its account's ring. */
  isQueued = false;
  /** Which place it has there, and whether it keeps that until what is next of it is in memory. */
  position = 0;
  keepsPosition = false;
  /** When it was served last, on the scale of places. */
  lastServedAt = 0;
  #tokens: number;
  #tokensUpdatedAt: number;

  constructor(record: WebhookRecord, now: number) {
    this.record = record;
    this.#tokens = record.rateLimit ?? 0;
    this.#tokensUpdatedAt = now;
  }

  /** Nothing waits, here or in the store, nothing is leased, and nothing must be remembered of it. */
  get isIdle(): boolean {
    const { waiting, leasedCount, uncommittedCount, storedDueAt, isLoading, pauses, record } = this;
    return (
      waiting.length + leasedCount + uncommittedCount + pauses.size === 0 &&
      storedDueAt === null &&
      !isLoading &&
      record.rateLimit === null
    );
  }

  /** Takes the next out, if it is in memory; only when {@link getReadyIn} is 0. */
  take(now: number): T | undefined {
    if ((this.waiting.peek()?.dueAt ?? NEVER) > now || this.#isNextStored()) return undefined;
    if (this.record.rateLimit !== null) this.#tokens -= 1;
    this.leasedCount += 1;
    return this.waiting.pop();
  }

  /** Whether more should be brought into memory: it is next, or soon will be. */
  needsRefill(now: number): boolean {
    if (this.isLoading || (this.storedDueAt ?? NEVER) > now) return false;
    return this.#isNextStored() || this.waiting.length < REFILL_THRESHOLD;
  }

  /** In how many milliseconds the next may be taken; null if that is not a matter of time. */
  getReadyIn(now: number): number | null {
    // What is next may be on its way into memory.
    return this.isLoading && this.#isNextStored() ? null : this.#computeReadyIn(now);
  }

  /** Whether the next might be taken, if it were not on its way into memory still. */
  isWaitingForLoad(now: number): boolean {
    return this.isLoading && this.#isNextStored() && this.#computeReadyIn(now) === 0;
  }

  #computeReadyIn(now: number): number | null {
    const firstDueAt = Math.min(this.waiting.peek()?.dueAt ?? NEVER, this.storedDueAt ?? NEVER);
    if (firstDueAt === NEVER || this.isReleasing || !this.record.enabled || !this.#hasCapacity()) return null;
    let readyAt = Math.max(now, firstDueAt, this.#getNextTokenAt(now));
    for (const until of this.pauses.values()) readyAt = Math.max(readyAt, until);
    return readyAt === NEVER ? null : readyAt - now;
  }

  /** Whether what is next is not in memory, or may not be. */
  #isNextStored(): boolean {
    if (this.storedDueAt === null) return false;
    const { dueAt, sequence } = this.waiting.peek() ?? LAST_ITEM;
    return this.storedDueAt < dueAt || (this.storedDueAt === dueAt && this.storedSequence <= sequence);
  }

  /** After a crash what is not written down comes again: so that is bounded too, and by what its receiver expects. */
  #hasCapacity(): boolean {
    const maxLeased = this.#maxConcurrency();
    return this.leasedCount < maxLeased && this.uncommittedCount < MAX_UNCOMMITTED_FACTOR * maxLeased;
  }

  /** A circuit that closed lets one through until somebody opens it. */
  #maxConcurrency(): number {
    return this.pauses.has("circuit_open") ? 1 : this.record.concurrency;
  }

  #getNextTokenAt(now: number): number {
    const { rateLimit } = this.record;
    if (rateLimit === null) return now;
    this.#tokens = Math.min(rateLimit, this.#tokens + ((now - this.#tokensUpdatedAt) / 1000) * rateLimit);
    this.#tokensUpdatedAt = now;
    return this.#tokens >= 1 ? now : now + Math.ceil(((1 - this.#tokens) / rateLimit) * 1000);
  }
}

/** The gates that are closed now, as they are told. */
export function getActivePauses(pauses: Pauses, scope: PauseRecord["scope"], now: number): readonly PauseRecord[] {
  return [...pauses]
    .filter(([, until]) => until > now)
    .map(([reason, until]) => ({
      reason,
      scope,
      remainingMs: until === Number.POSITIVE_INFINITY ? null : until - now,
    }));
}
