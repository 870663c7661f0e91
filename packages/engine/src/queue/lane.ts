import type { GateChange, GateRecord } from "../storage/gates.ts";
import type { WebhookRecord } from "../storage/records.ts";
import { Heap } from "./heap.ts";

/** Until when gates are closed, in milliseconds since 1970; infinite for as long as nobody opens one. */
export type Gates = Map<GateChange["gate"], number>;

/** Something that waits for its turn. */
export interface Waiting {
  /** When it may be attempted, in milliseconds since 1970. */
  readonly due: number;
  /** Of two that are due at the same time the lower goes first. */
  readonly sequence: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const LAST: Waiting = { due: NEVER, sequence: NEVER };
/** With fewer in memory, more are asked for. */
const LOW_WATER = 32;
/** So many times as many as may be under way may have ended without being written down. */
const MOST_UNSETTLED = 4;

/** A webhook and what waits for it. */
export class Lane<T extends Waiting> {
  record: WebhookRecord;
  readonly gates: Gates = new Map();
  readonly waiting: Heap<T> = new Heap(
    (one, other) => one.due < other.due || (one.due === other.due && one.sequence < other.sequence),
  );
  /** When the earliest of those that are not in memory is due; null if all are. */
  storedDue: number | null = null;
  /** Its sequence, or that of one before it: 0 where that is not known. */
  storedSequence = 0;
  /** Some of those were asked for, and are on their way into memory. */
  loading = false;
  /** It is about to be somebody else's, and nothing more of it is served here. */
  leaving = false;
  /** How many of its deliveries are leased. */
  live = 0;
  /** When it is looked at again; infinite if that is not set. */
  alarmAt: number = NEVER;
  /** How many attempts have ended that are not written down. */
  unsettled = 0;
  /** It stands in its account's ring. */
  queued = false;
  /** Which place it has there, and whether it keeps that until what is next of it is in memory. */
  place = 0;
  keepsPlace = false;
  /** When it was served last, on the scale of places. */
  servedAt = 0;
  #tokens: number;
  #filledAt: number;

  constructor(record: WebhookRecord, now: number) {
    this.record = record;
    this.#tokens = record.rate ?? 0;
    this.#filledAt = now;
  }

  /** Nothing waits, here or in the store, nothing is leased, and nothing must be remembered of it. */
  get isIdle(): boolean {
    const { waiting, live, unsettled, storedDue, loading, gates, record } = this;
    return (
      waiting.length + live + unsettled + gates.size === 0 &&
      storedDue === null &&
      !loading &&
      record.rate === null
    );
  }

  /** Takes the next out, if it is in memory; only when {@link opensIn} is 0. */
  take(now: number): T | undefined {
    if ((this.waiting.peek()?.due ?? NEVER) > now || this.#isStoredFirst()) return undefined;
    if (this.record.rate !== null) this.#tokens -= 1;
    this.live += 1;
    return this.waiting.pop();
  }

  /** Whether more should be brought into memory: it is next, or soon will be. */
  isHungry(now: number): boolean {
    if (this.loading || (this.storedDue ?? NEVER) > now) return false;
    return this.#isStoredFirst() || this.waiting.length < LOW_WATER;
  }

  /** In how many milliseconds the next may be taken; null if that is not a matter of time. */
  opensIn(now: number): number | null {
    // What is next may be on its way into memory.
    return this.loading && this.#isStoredFirst() ? null : this.#opens(now);
  }

  /** Whether the next might be taken, if it were not on its way into memory still. */
  isAwaited(now: number): boolean {
    return this.loading && this.#isStoredFirst() && this.#opens(now) === 0;
  }

  #opens(now: number): number | null {
    const first = Math.min(this.waiting.peek()?.due ?? NEVER, this.storedDue ?? NEVER);
    if (first === NEVER || this.leaving || !this.record.enabled || !this.#hasRoom()) return null;
    let opens = Math.max(now, first, this.#tokenAt(now));
    for (const until of this.gates.values()) opens = Math.max(opens, until);
    return opens === NEVER ? null : opens - now;
  }

  /** Whether what is next is not in memory, or may not be. */
  #isStoredFirst(): boolean {
    if (this.storedDue === null) return false;
    const { due, sequence } = this.waiting.peek() ?? LAST;
    return this.storedDue < due || (this.storedDue === due && this.storedSequence <= sequence);
  }

  /** After a crash what is not written down comes again: so that is bounded too, and by what its receiver expects. */
  #hasRoom(): boolean {
    const most = this.#most();
    return this.live < most && this.unsettled < MOST_UNSETTLED * most;
  }

  /** A circuit that closed lets one through until somebody opens it. */
  #most(): number {
    return this.gates.has("circuit") ? 1 : this.record.concurrency;
  }

  #tokenAt(now: number): number {
    const { rate } = this.record;
    if (rate === null) return now;
    this.#tokens = Math.min(rate, this.#tokens + ((now - this.#filledAt) / 1000) * rate);
    this.#filledAt = now;
    return this.#tokens >= 1 ? now : now + Math.ceil(((1 - this.#tokens) / rate) * 1000);
  }
}

/** The gates that are closed now, as they are told. */
export function closedGates(gates: Gates, scope: GateRecord["scope"], now: number): readonly GateRecord[] {
  return [...gates]
    .filter(([, until]) => until > now)
    .map(([gate, until]) => ({
      gate,
      scope,
      closedMs: until === Number.POSITIVE_INFINITY ? null : until - now,
    }));
}
