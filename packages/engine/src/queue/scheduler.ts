import { WaitList } from "./wait-list.ts";
import { Heap } from "./heap.ts";
import type { Pauses, WebhookQueue, QueueItem } from "./webhook-queue.ts";
import { Fifo } from "./fifo.ts";

/** An account: its gates, and the ring of those of its webhooks that may be served. */
export class AccountQueue<T extends QueueItem> {
  readonly queues: Set<WebhookQueue<T>> = new Set();
  readonly pauses: Pauses = new Map();
  readonly ring: Heap<WebhookQueue<T>> = new Heap<WebhookQueue<T>>(isBefore);
  /** It stands in the ring of accounts. */
  isQueued = false;
  /** Which place it has there, and whether it keeps that until what is next of it is in memory. */
  position = 0;
  keepsPosition = false;
  /** When it was served last, on the scale of places. */
  lastServedAt = 0;
  /** Those of its webhooks that would be served but for their next, which is not in memory. */
  readonly waitList: WaitList<WebhookQueue<T>> = new WaitList();

  /** When its gates are open; infinite if somebody must open one. */
  getPausedUntil(): number {
    let pausedUntil = 0;
    for (const until of this.pauses.values()) pausedUntil = Math.max(pausedUntil, until);
    return pausedUntil;
  }
}

function isBefore(a: { readonly position: number }, b: { readonly position: number }): boolean {
  return a.position < b.position;
}

interface Timer<T extends QueueItem> {
  readonly at: number;
  readonly account: AccountQueue<T>;
  readonly queue: WebhookQueue<T>;
}

/**
 * Whose turn it is: a ring of accounts, and in each a ring of its webhooks, of those alone that may be served now. So the
 * next is found at once however many wait, and no slot is idle while one may go. Whoever may not go leaves its ring, and is
 * looked at again when its time comes or when {@link reschedule} is told that something changed. Who comes into a ring stands
 * behind all others, but for who could not take its turn because what is next of it was not in memory: it keeps its place.
 */
export class Scheduler<T extends QueueItem> {
  readonly #ring: Heap<AccountQueue<T>> = new Heap<AccountQueue<T>>(isBefore);
  readonly #timers: Heap<Timer<T>> = new Heap((a, b) => a.at < b.at);
  readonly #refillRequests: Fifo<{ readonly account: AccountQueue<T>; readonly queue: WebhookQueue<T> }> = new Fifo();
  /** The last place that was taken, or the last serving: what comes later has a higher number. */
  #lastPosition = 0;
  /** How many webhooks stand in the rings. */
  #readyCount = 0;
  /** Accounts that would be served but for what is not in memory. */
  readonly #waitList: WaitList<AccountQueue<T>> = new WaitList();

  /** How many webhooks wait for their turn, or for what they may have it with. */
  get waitingCount(): number {
    return this.#readyCount + this.#refillRequests.length;
  }

  /** Looks whether a webhook may be served, after a change to it, to its gates, or to what waits for it. */
  reschedule(account: AccountQueue<T>, queue: WebhookQueue<T>, now: number): void {
    if (queue.isQueued || !account.queues.has(queue)) return;
    const pausedForMs = account.getPausedUntil() - now;
    if (pausedForMs <= 0 && queue.isWaitingForLoad(now)) this.#reservePosition(account, queue);
    const readyInMs = queue.getReadyIn(now);
    if (readyInMs === null) return;
    const delayMs = Math.max(readyInMs, pausedForMs);
    if (delayMs === Number.POSITIVE_INFINITY) return;
    if (delayMs > 0) {
      // One that rings sooner sets the next.
      if (queue.timerAt <= now + delayMs) return;
      queue.timerAt = now + delayMs;
      this.#timers.push({ at: now + delayMs, account, queue });
      return;
    }
    if (!queue.keepsPosition) queue.position = ++this.#lastPosition;
    queue.keepsPosition = false;
    queue.isQueued = true;
    this.#readyCount += 1;
    account.ring.push(queue);
    this.#enqueueAccount(account);
  }

  #enqueueAccount(account: AccountQueue<T>): void {
    if (account.isQueued || account.ring.length === 0) return;
    if (!account.keepsPosition) account.position = ++this.#lastPosition;
    account.keepsPosition = false;
    account.isQueued = true;
    this.#waitList.delete(account);
    this.#ring.push(account);
  }

  /**
   * The next delivery whose turn it is; undefined if none may go now. Where the next of a webhook is not in memory, the
   * others are served once more, and then wait for it to be brought there.
   */
  takeNext(now: number): { readonly account: AccountQueue<T>; readonly queue: WebhookQueue<T>; readonly item: T } | undefined {
    this.#fireTimers(now);
    for (let account = this.#takeAccount(); account !== undefined; account = this.#takeAccount()) {
      account.isQueued = false;
      const taken = this.#takeFrom(account, now);
      if (taken !== undefined) {
        this.#enqueueAccount(account);
        return { account, ...taken };
      }
      if (account.waitList.size > 0) {
        account.keepsPosition = true;
        this.#waitList.add(account, account.position);
      }
    }
    return undefined;
  }

  /** Nobody is served twice while another stands in the ring. */
  #takeAccount(): AccountQueue<T> | undefined {
    const account = this.#ring.peek();
    return account !== undefined && account.lastServedAt > this.#waitList.getEarliest() ? undefined : this.#ring.pop();
  }

  /**
   * Webhooks of which more must be brought into memory; whoever takes them does so, and says when it has {@link onRefilled} them.
   * None of them waits for that with what it has.
   */
  takeQueuesToRefill(max: number, now: number): readonly WebhookQueue<T>[] {
    const queues: WebhookQueue<T>[] = [];
    while (queues.length < max) {
      const next = this.#refillRequests.shift();
      if (next === undefined) break;
      const { account, queue } = next;
      queue.isLoading = false;
      queue.isLoading = account.queues.has(queue) && queue.needsRefill(now);
      if (queue.isLoading) queues.push(queue);
      else this.onRefilled(account, queue, now);
    }
    return queues;
  }

  /** What was asked for of a webhook is in memory, or will not come: who waited for it goes on. */
  onRefilled(account: AccountQueue<T>, queue: WebhookQueue<T>, now: number): void {
    queue.isLoading = false;
    account.waitList.delete(queue);
    this.reschedule(account, queue, now);
    this.#enqueueAccount(account);
    // Who may not go after all has no place any more.
    if (!queue.isQueued) queue.keepsPosition = false;
    if (account.isQueued || account.waitList.size > 0) return;
    account.keepsPosition = false;
    this.#waitList.delete(account);
  }

  /** In how many milliseconds {@link takeNext} may give something by time alone; null for never. */
  getNextReadyIn(now: number): number | null {
    this.#fireTimers(now);
    if (this.#ring.length > 0 || this.#refillRequests.length > 0) return 0;
    for (let timer = this.#timers.peek(); timer !== undefined; timer = this.#timers.peek()) {
      const at = this.#getReadyAt(timer, now);
      if (at === timer.at) return at - now;
      // What it was set for has changed since: it is set anew, or forgotten.
      this.#timers.pop();
      if (timer.at !== timer.queue.timerAt) continue;
      timer.queue.timerAt = at;
      if (at !== Number.POSITIVE_INFINITY) this.#timers.push({ ...timer, at });
    }
    return null;
  }

  #getReadyAt({ account, queue }: Timer<T>, now: number): number {
    const readyInMs = account.queues.has(queue) ? queue.getReadyIn(now) : null;
    return readyInMs === null ? Number.POSITIVE_INFINITY : Math.max(now + readyInMs, account.getPausedUntil());
  }

  /** From the webhooks of an account; none of them is served twice while another of them stands in the ring. */
  #takeFrom(account: AccountQueue<T>, now: number): { readonly queue: WebhookQueue<T>; readonly item: T } | undefined {
    for (let queue = account.ring.peek(); queue !== undefined; queue = account.ring.peek()) {
      if (queue.lastServedAt > account.waitList.getEarliest()) break;
      account.ring.pop();
      queue.isQueued = false;
      this.#readyCount -= 1;
      const isReady = account.queues.has(queue) && account.getPausedUntil() <= now && queue.getReadyIn(now) === 0;
      const item = isReady ? queue.take(now) : undefined;
      if (isReady && queue.needsRefill(now)) this.#requestRefill(account, queue, item === undefined);
      if (item !== undefined) account.lastServedAt = queue.lastServedAt = ++this.#lastPosition;
      this.reschedule(account, queue, now);
      if (item !== undefined) return { queue, item };
    }
    return undefined;
  }

  #requestRefill(account: AccountQueue<T>, queue: WebhookQueue<T>, isNextMissing: boolean): void {
    queue.isLoading = true;
    this.#refillRequests.push({ account, queue });
    if (!isNextMissing) return;
    queue.keepsPosition = true;
    account.waitList.add(queue, queue.position);
  }

  /** It takes its place before what is next of it has come: the others are served once more, and wait then. */
  #reservePosition(account: AccountQueue<T>, queue: WebhookQueue<T>): void {
    if (queue.keepsPosition) return;
    queue.position = ++this.#lastPosition;
    queue.keepsPosition = true;
    account.waitList.add(queue, queue.position);
    if (account.isQueued || account.keepsPosition || account.ring.length > 0) return;
    account.position = queue.position;
    account.keepsPosition = true;
    this.#waitList.add(account, account.position);
  }

  #fireTimers(now: number): void {
    for (
      let timer = this.#timers.peek();
      timer !== undefined && timer.at <= now;
      timer = this.#timers.peek()
    ) {
      this.#timers.pop();
      if (timer.at === timer.queue.timerAt) timer.queue.timerAt = Number.POSITIVE_INFINITY;
      this.reschedule(timer.account, timer.queue, now);
    }
  }
}
