import type { PauseChange, PauseRecord } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";
import { Heap } from "./heap.ts";

/** When each pause ends, in milliseconds since 1970; `Infinity` if it has no end. */
export type Pauses = Map<PauseChange["reason"], number>;

/** An item of a webhook's queue. */
export interface QueueItem {
  /** When the item is due, in milliseconds since 1970. */
  readonly dueAt: number;
  /** Orders items that are due at the same time. */
  readonly sequence: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const LAST_ITEM: QueueItem = { dueAt: NEVER, sequence: NEVER };
/** Below this number of items in memory, the queue requests a refill. */
const REFILL_THRESHOLD = 32;
/** Uncommitted results may be this many times the webhook's concurrency. */
const MAX_UNCOMMITTED_FACTOR = 4;

/** The queue of one webhook: its waiting items, pauses, leases and rate limit. */
export class WebhookQueue<T extends QueueItem> {
  record: WebhookRecord;
  readonly pauses: Pauses = new Map();
  readonly waiting: Heap<T> = new Heap(
    (a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence),
  );
  /** When the earliest item outside memory is due; null if all items are in memory. */
  storedDueAt: number | null = null;
  /** Its sequence or a lower one; 0 if unknown. */
  storedSequence = 0;
  /** A refill is requested or in progress. */
  isLoading = false;
  /** The webhook is being released to another owner, and is no longer served here. */
  isReleasing = false;
  /** The number of leased deliveries. */
  leasedCount = 0;
  /** When the scheduler checks the queue again; `Infinity` if no timer is set. */
  timerAt: number = NEVER;
  /** The number of results that are not written yet. */
  uncommittedCount = 0;
  /** The queue is in its account's ring. */
  isQueued = false;
  /** The position in the ring, and whether it is kept while the next item is loaded. */
  position = 0;
  keepsPosition = false;
  /** The position at which the queue was last served. */
  lastServedAt = 0;
  #tokens: number;
  #tokensUpdatedAt: number;

  constructor(record: WebhookRecord, now: number) {
    this.record = record;
    this.#tokens = record.rateLimit ?? 0;
    this.#tokensUpdatedAt = now;
  }

  /** Whether the queue can be evicted: no items, leases, pauses or rate limit state. */
  get isIdle(): boolean {
    const { waiting, leasedCount, uncommittedCount, storedDueAt, isLoading, pauses, record } = this;
    return (
      waiting.length + leasedCount + uncommittedCount + pauses.size === 0 &&
      storedDueAt === null &&
      !isLoading &&
      record.rateLimit === null
    );
  }

  /** Takes the next item if it is in memory. Call it only if {@link getReadyIn} returns 0. */
  take(now: number): T | undefined {
    if ((this.waiting.peek()?.dueAt ?? NEVER) > now || this.#isNextStored()) return undefined;
    if (this.record.rateLimit !== null) this.#tokens -= 1;
    this.leasedCount += 1;
    return this.waiting.pop();
  }

  /** Whether the next item is outside memory, or will be soon. */
  needsRefill(now: number): boolean {
    if (this.isLoading || (this.storedDueAt ?? NEVER) > now) return false;
    return this.#isNextStored() || this.waiting.length < REFILL_THRESHOLD;
  }

  /** Milliseconds until the next item is ready; null if time alone does not make it ready. */
  getReadyIn(now: number): number | null {
    // The next item is being loaded.
    return this.isLoading && this.#isNextStored() ? null : this.#computeReadyIn(now);
  }

  /** Whether only a refill in progress keeps the next item from being taken. */
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

  /** Whether the next item is, or may be, outside memory. */
  #isNextStored(): boolean {
    if (this.storedDueAt === null) return false;
    const { dueAt, sequence } = this.waiting.peek() ?? LAST_ITEM;
    return this.storedDueAt < dueAt || (this.storedDueAt === dueAt && this.storedSequence <= sequence);
  }

  /**
   * Results that are not written are repeated after a crash, so their number is bounded too, relative to the webhook's
   * concurrency.
   */
  #hasCapacity(): boolean {
    const maxLeased = this.#maxConcurrency();
    return this.leasedCount < maxLeased && this.uncommittedCount < MAX_UNCOMMITTED_FACTOR * maxLeased;
  }

  /** While the circuit is open or half open, one trial is allowed at a time. */
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

/** The active pauses, in the form of the public API. */
export function getActivePauses(
  pauses: Pauses,
  scope: PauseRecord["scope"],
  now: number,
): readonly PauseRecord[] {
  return [...pauses]
    .filter(([, until]) => until > now)
    .map(([reason, until]) => ({
      reason,
      scope,
      remainingMs: until === Number.POSITIVE_INFINITY ? null : until - now,
    }));
}
