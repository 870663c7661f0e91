import { Awaited } from "./awaited.ts";
import { Heap } from "./heap.ts";
import type { Gates, Lane, Waiting } from "./lane.ts";
import { Queue } from "./queue.ts";

/** An account: its gates, and the ring of those of its webhooks that may be served. */
export class Turns<T extends Waiting> {
  readonly lanes: Set<Lane<T>> = new Set();
  readonly gates: Gates = new Map();
  readonly ring: Heap<Lane<T>> = new Heap<Lane<T>>(isBefore);
  /** It stands in the ring of accounts. */
  queued = false;
  /** Which place it has there, and whether it keeps that until what is next of it is in memory. */
  place = 0;
  keepsPlace = false;
  /** When it was served last, on the scale of places. */
  servedAt = 0;
  /** Those of its webhooks that would be served but for their next, which is not in memory. */
  readonly awaited: Awaited<Lane<T>> = new Awaited();

  /** When its gates are open; infinite if somebody must open one. */
  opensAt(): number {
    let opens = 0;
    for (const until of this.gates.values()) opens = Math.max(opens, until);
    return opens;
  }
}

function isBefore(one: { readonly place: number }, other: { readonly place: number }): boolean {
  return one.place < other.place;
}

interface Alarm<T extends Waiting> {
  readonly at: number;
  readonly account: Turns<T>;
  readonly lane: Lane<T>;
}

/**
 * Whose turn it is: a ring of accounts, and in each a ring of its webhooks, of those alone that may be served now. So the
 * next is found at once however many wait, and no slot is idle while one may go. Whoever may not go leaves its ring, and is
 * looked at again when its time comes or when {@link look} is told that something changed. Who comes into a ring stands
 * behind all others, but for who could not take its turn because what is next of it was not in memory: it keeps its place.
 */
export class Scheduler<T extends Waiting> {
  readonly #ring: Heap<Turns<T>> = new Heap<Turns<T>>(isBefore);
  readonly #alarms: Heap<Alarm<T>> = new Heap((one, other) => one.at < other.at);
  readonly #hungry: Queue<{ readonly account: Turns<T>; readonly lane: Lane<T> }> = new Queue();
  /** The last place that was taken, or the last serving: what comes later has a higher number. */
  #last = 0;
  /** How many webhooks stand in the rings. */
  #standing = 0;
  /** Accounts that would be served but for what is not in memory. */
  readonly #awaited: Awaited<Turns<T>> = new Awaited();

  /** How many webhooks wait for their turn, or for what they may have it with. */
  get waiting(): number {
    return this.#standing + this.#hungry.length;
  }

  /** Looks whether a webhook may be served, after a change to it, to its gates, or to what waits for it. */
  look(account: Turns<T>, lane: Lane<T>, now: number): void {
    if (lane.queued || !account.lanes.has(lane)) return;
    const closed = account.opensAt() - now;
    if (closed <= 0 && lane.isAwaited(now)) this.#await(account, lane);
    const opens = lane.opensIn(now);
    if (opens === null) return;
    const wait = Math.max(opens, closed);
    if (wait === Number.POSITIVE_INFINITY) return;
    if (wait > 0) {
      // One that rings sooner sets the next.
      if (lane.alarmAt <= now + wait) return;
      lane.alarmAt = now + wait;
      this.#alarms.push({ at: now + wait, account, lane });
      return;
    }
    if (!lane.keepsPlace) lane.place = ++this.#last;
    lane.keepsPlace = false;
    lane.queued = true;
    this.#standing += 1;
    account.ring.push(lane);
    this.#queue(account);
  }

  #queue(account: Turns<T>): void {
    if (account.queued || account.ring.length === 0) return;
    if (!account.keepsPlace) account.place = ++this.#last;
    account.keepsPlace = false;
    account.queued = true;
    this.#awaited.delete(account);
    this.#ring.push(account);
  }

  /**
   * The next delivery whose turn it is; undefined if none may go now. Where the next of a webhook is not in memory, the
   * others are served once more, and then wait for it to be brought there.
   */
  next(now: number): { readonly account: Turns<T>; readonly lane: Lane<T>; readonly item: T } | undefined {
    this.#wake(now);
    for (let account = this.#turn(); account !== undefined; account = this.#turn()) {
      account.queued = false;
      const taken = this.#from(account, now);
      if (taken !== undefined) {
        this.#queue(account);
        return { account, ...taken };
      }
      if (account.awaited.size > 0) {
        account.keepsPlace = true;
        this.#awaited.add(account, account.place);
      }
    }
    return undefined;
  }

  /** Nobody is served twice while another stands in the ring. */
  #turn(): Turns<T> | undefined {
    const account = this.#ring.peek();
    return account !== undefined && account.servedAt > this.#awaited.since() ? undefined : this.#ring.pop();
  }

  /**
   * Webhooks of which more must be brought into memory; whoever takes them does so, and says when it has {@link fed} them.
   * None of them waits for that with what it has.
   */
  hungry(most: number, now: number): readonly Lane<T>[] {
    const lanes: Lane<T>[] = [];
    while (lanes.length < most) {
      const next = this.#hungry.shift();
      if (next === undefined) break;
      const { account, lane } = next;
      lane.loading = false;
      lane.loading = account.lanes.has(lane) && lane.isHungry(now);
      if (lane.loading) lanes.push(lane);
      else this.fed(account, lane, now);
    }
    return lanes;
  }

  /** What was asked for of a webhook is in memory, or will not come: who waited for it goes on. */
  fed(account: Turns<T>, lane: Lane<T>, now: number): void {
    lane.loading = false;
    account.awaited.delete(lane);
    this.look(account, lane, now);
    this.#queue(account);
    // Who may not go after all has no place any more.
    if (!lane.queued) lane.keepsPlace = false;
    if (account.queued || account.awaited.size > 0) return;
    account.keepsPlace = false;
    this.#awaited.delete(account);
  }

  /** In how many milliseconds {@link next} may give something by time alone; null for never. */
  nextIn(now: number): number | null {
    this.#wake(now);
    if (this.#ring.length > 0 || this.#hungry.length > 0) return 0;
    for (let alarm = this.#alarms.peek(); alarm !== undefined; alarm = this.#alarms.peek()) {
      const at = this.#opensAt(alarm, now);
      if (at === alarm.at) return at - now;
      // What it was set for has changed since: it is set anew, or forgotten.
      this.#alarms.pop();
      if (alarm.at !== alarm.lane.alarmAt) continue;
      alarm.lane.alarmAt = at;
      if (at !== Number.POSITIVE_INFINITY) this.#alarms.push({ ...alarm, at });
    }
    return null;
  }

  #opensAt({ account, lane }: Alarm<T>, now: number): number {
    const opens = account.lanes.has(lane) ? lane.opensIn(now) : null;
    return opens === null ? Number.POSITIVE_INFINITY : Math.max(now + opens, account.opensAt());
  }

  /** From the webhooks of an account; none of them is served twice while another of them stands in the ring. */
  #from(account: Turns<T>, now: number): { readonly lane: Lane<T>; readonly item: T } | undefined {
    for (let lane = account.ring.peek(); lane !== undefined; lane = account.ring.peek()) {
      if (lane.servedAt > account.awaited.since()) break;
      account.ring.pop();
      lane.queued = false;
      this.#standing -= 1;
      const open = account.lanes.has(lane) && account.opensAt() <= now && lane.opensIn(now) === 0;
      const item = open ? lane.take(now) : undefined;
      if (open && lane.isHungry(now)) this.#feed(account, lane, item === undefined);
      if (item !== undefined) account.servedAt = lane.servedAt = ++this.#last;
      this.look(account, lane, now);
      if (item !== undefined) return { lane, item };
    }
    return undefined;
  }

  #feed(account: Turns<T>, lane: Lane<T>, missed: boolean): void {
    lane.loading = true;
    this.#hungry.push({ account, lane });
    if (!missed) return;
    lane.keepsPlace = true;
    account.awaited.add(lane, lane.place);
  }

  /** It takes its place before what is next of it has come: the others are served once more, and wait then. */
  #await(account: Turns<T>, lane: Lane<T>): void {
    if (lane.keepsPlace) return;
    lane.place = ++this.#last;
    lane.keepsPlace = true;
    account.awaited.add(lane, lane.place);
    if (account.queued || account.keepsPlace || account.ring.length > 0) return;
    account.place = lane.place;
    account.keepsPlace = true;
    this.#awaited.add(account, account.place);
  }

  #wake(now: number): void {
    for (
      let alarm = this.#alarms.peek();
      alarm !== undefined && alarm.at <= now;
      alarm = this.#alarms.peek()
    ) {
      this.#alarms.pop();
      if (alarm.at === alarm.lane.alarmAt) alarm.lane.alarmAt = Number.POSITIVE_INFINITY;
      this.look(alarm.account, alarm.lane, now);
    }
  }
}
