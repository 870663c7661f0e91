import { Fifo } from "./fifo.ts";
import { Heap } from "./heap.ts";
import { WaitList } from "./wait-list.ts";
import type { Pauses, QueueItem, WebhookQueue } from "./webhook-queue.ts";

/** An account: its pauses, and the ring of its webhooks that may be served. */
export class AccountQueue<T extends QueueItem> {
  readonly queues: Set<WebhookQueue<T>> = new Set();
  readonly pauses: Pauses = new Map();
  readonly ring: Heap<WebhookQueue<T>> = new Heap<WebhookQueue<T>>(isBefore);
  /** The account is in the ring of accounts. */
  isQueued = false;
  /** The position in the ring, and whether it is kept while the next item is loaded. */
  position = 0;
  keepsPosition = false;
  /** The position at which the account was last served. */
  lastServedAt = 0;
  /** Webhooks that would be served, but whose next item is not in memory. */
  readonly waitList: WaitList<WebhookQueue<T>> = new WaitList();

  /** When all pauses have ended; `Infinity` if one has no end. */
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
 * A fair scheduler: a ring of accounts, each with a ring of its webhooks. The rings have only queues that may be served
 * now, so the next item is found in constant time however many wait. A queue that may not be served leaves its ring
 * until its timer fires or {@link reschedule} is called. A queue that enters a ring goes to its end, unless it kept its
 * position while its next item was loaded.
 */
export class Scheduler<T extends QueueItem> {
  readonly #ring: Heap<AccountQueue<T>> = new Heap<AccountQueue<T>>(isBefore);
  readonly #timers: Heap<Timer<T>> = new Heap((a, b) => a.at < b.at);
  readonly #refillRequests: Fifo<{ readonly account: AccountQueue<T>; readonly queue: WebhookQueue<T> }> =
    new Fifo();
  /** The last position assigned. Positions only grow. */
  #lastPosition = 0;
  /** The number of webhooks in the rings. */
  #readyCount = 0;
  /** Accounts that would be served, but whose next item is not in memory. */
  readonly #waitList: WaitList<AccountQueue<T>> = new WaitList();

  /** Webhooks that wait to be served or refilled. */
  get waitingCount(): number {
    return this.#readyCount + this.#refillRequests.length;
  }

  /** Updates a queue's place after a change to it, its pauses or its items. */
  reschedule(account: AccountQueue<T>, queue: WebhookQueue<T>, now: number): void {
    if (queue.isQueued || !account.queues.has(queue)) return;
    const pausedForMs = account.getPausedUntil() - now;
    if (pausedForMs <= 0 && queue.isWaitingForLoad(now)) this.#reservePosition(account, queue);
    const readyInMs = queue.getReadyIn(now);
    if (readyInMs === null) return;
    const delayMs = Math.max(readyInMs, pausedForMs);
    if (delayMs === Number.POSITIVE_INFINITY) return;
    if (delayMs > 0) {
      // An earlier timer sets the next one.
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
   * Takes the next item; undefined if none is ready. While the next item of a queue is being loaded, the others are
   * served once more and then wait for it.
   */
  takeNext(
    now: number,
  ): { readonly account: AccountQueue<T>; readonly queue: WebhookQueue<T>; readonly item: T } | undefined {
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

  /** No account is served twice while another in the ring waits. */
  #takeAccount(): AccountQueue<T> | undefined {
    const account = this.#ring.peek();
    return account !== undefined && account.lastServedAt > this.#waitList.getEarliest()
      ? undefined
      : this.#ring.pop();
  }

  /**
   * Queues that need a refill. The caller loads their items and calls {@link onRefilled}. A queue with items in memory
   * is served meanwhile.
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

  /** Ends a refill, also if it loaded nothing. Queues that waited for it continue. */
  onRefilled(account: AccountQueue<T>, queue: WebhookQueue<T>, now: number): void {
    queue.isLoading = false;
    account.waitList.delete(queue);
    this.reschedule(account, queue, now);
    this.#enqueueAccount(account);
    // A queue that is not ready loses its position.
    if (!queue.isQueued) queue.keepsPosition = false;
    if (account.isQueued || account.waitList.size > 0) return;
    account.keepsPosition = false;
    this.#waitList.delete(account);
  }

  /** Milliseconds until {@link takeNext} may return an item by time alone; null for never. */
  getNextReadyIn(now: number): number | null {
    this.#fireTimers(now);
    if (this.#ring.length > 0 || this.#refillRequests.length > 0) return 0;
    for (let timer = this.#timers.peek(); timer !== undefined; timer = this.#timers.peek()) {
      const at = this.#getReadyAt(timer, now);
      if (at === timer.at) return at - now;
      // The timer is outdated: set it again or drop it.
      this.#timers.pop();
      if (timer.at !== timer.queue.timerAt) continue;
      timer.queue.timerAt = at;
      if (at !== Number.POSITIVE_INFINITY) this.#timers.push({ ...timer, at });
    }
    return null;
  }

  #getReadyAt({ account, queue }: Timer<T>, now: number): number {
    const readyInMs = account.queues.has(queue) ? queue.getReadyIn(now) : null;
    return readyInMs === null
      ? Number.POSITIVE_INFINITY
      : Math.max(now + readyInMs, account.getPausedUntil());
  }

  /** Takes from an account's webhooks. None is served twice while another in the ring waits. */
  #takeFrom(
    account: AccountQueue<T>,
    now: number,
  ): { readonly queue: WebhookQueue<T>; readonly item: T } | undefined {
    for (let queue = account.ring.peek(); queue !== undefined; queue = account.ring.peek()) {
      if (queue.lastServedAt > account.waitList.getEarliest()) break;
      account.ring.pop();
      queue.isQueued = false;
      this.#readyCount -= 1;
      const isReady =
        account.queues.has(queue) && account.getPausedUntil() <= now && queue.getReadyIn(now) === 0;
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

  /** Reserves a position before the next item is loaded, so that other queues are served at most once meanwhile. */
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
