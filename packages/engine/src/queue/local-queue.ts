import type { PauseChange } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";
import type { Claim, ClaimRequest, Lease } from "../storage/store.ts";
import { type QueuedDelivery, LocalWebhookQueue } from "./queued-delivery.ts";
import { LeaseTable, type ActiveLease } from "./leases.ts";
import { Scheduler, AccountQueue } from "./scheduler.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** About so many deliveries are brought into memory, and one of each webhook beyond. */
const MAX_BUFFERED_DELIVERIES = 16_000;
/** So many at once; in a full memory so many, as long as no more webhooks wait for their turn than that. */
const MAX_LOADED_DELIVERIES = 1024;
const MIN_LOADED_DELIVERIES = 64;

/** What is in memory of a store: who has work, whose turn it is, what is leased, which gates are closed. */
export class LocalQueue {
  readonly #accounts = new Map<string, AccountQueue<QueuedDelivery>>();
  readonly #queues = new Map<string, LocalWebhookQueue>();
  readonly #scheduler = new Scheduler<QueuedDelivery>();
  readonly #leases = new LeaseTable();
  /** No lease ends sooner. */
  #earliestLeaseEnd = NEVER;
  /** How many deliveries wait in memory, or are leased. */
  #count = 0;

  getAccount(key: string): AccountQueue<QueuedDelivery> {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = new AccountQueue<QueuedDelivery>();
      this.#accounts.set(key, account);
    }
    return account;
  }

  getQueue(id: string): LocalWebhookQueue | undefined {
    return this.#queues.get(id);
  }

  /** Every webhook that is in memory, in the order in which they came. */
  listQueues(): readonly LocalWebhookQueue[] {
    return [...this.#queues.values()];
  }

  addQueue(record: WebhookRecord, now: number): LocalWebhookQueue {
    const account = this.getAccount(record.account);
    const queue = new LocalWebhookQueue(account, record, now);
    account.queues.add(queue);
    this.#queues.set(record.id, queue);
    return queue;
  }

  /** A webhook is no more, nor is what waited for it. */
  removeQueue(id: string): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) return;
    this.#queues.delete(id);
    queue.account.queues.delete(queue);
    this.#count -= queue.waiting.length;
    if (queue.account.queues.size + queue.account.pauses.size === 0) this.#accounts.delete(queue.record.account);
    for (const activeLease of this.#leases) if (activeLease.delivery.queue === queue) this.endLease(activeLease);
  }

  /** A webhook was changed. */
  updateWebhook(record: WebhookRecord, now: number): void {
    const queue = this.#queues.get(record.id);
    if (queue === undefined || queue.record.version >= record.version) return;
    queue.record = record;
    this.reschedule(queue, now);
  }

  setPause({ scope, id, reason, durationMs }: PauseChange, now: number): void {
    const queue = scope === "webhook" ? this.#queues.get(id) : undefined;
    const pauses = scope === "account" ? this.getAccount(id).pauses : queue?.pauses;
    if (durationMs === null) pauses?.delete(reason);
    else pauses?.set(reason, durationMs === "forever" ? NEVER : now + durationMs);
    if (queue !== undefined) this.reschedule(queue, now);
    if (scope === "account") for (const accountQueue of this.getAccount(id).queues) this.reschedule(accountQueue as LocalWebhookQueue, now);
  }

  reschedule(queue: LocalWebhookQueue, now: number): void {
    this.#scheduler.reschedule(queue.account, queue, now);
  }

  /** How many deliveries of each are to be brought into memory, of so many webhooks that are asked for at once. */
  getLoadSize(webhookCount: number): number {
    const minSize = this.#scheduler.waitingCount > MIN_LOADED_DELIVERIES ? 0 : MIN_LOADED_DELIVERIES;
    const maxSize = Math.max(minSize, Math.min(MAX_LOADED_DELIVERIES, MAX_BUFFERED_DELIVERIES - this.#count));
    return Math.max(1, Math.floor(maxSize / webhookCount));
  }

  /** Has a delivery wait. */
  add(delivery: QueuedDelivery): void {
    this.#count += 1;
    delivery.queue.waiting.push(delivery);
  }

  enqueue(delivery: QueuedDelivery, now: number): void {
    this.add(delivery);
    this.reschedule(delivery.queue, now);
  }

  claim({ claimant, max, leaseMs }: ClaimRequest, now: number): Claim[] {
    this.#expireLeases(now);
    const claims: Claim[] = [];
    while (claims.length < max) {
      const next = this.#scheduler.takeNext(now);
      if (next === undefined) break;
      const { lease } = this.#leases.grant(claimant, next.item, now + leaseMs);
      this.#earliestLeaseEnd = Math.min(this.#earliestLeaseEnd, now + leaseMs);
      claims.push(toClaim(lease, next.item, now));
    }
    return claims;
  }

  /** Webhooks whose next deliveries must be brought into memory before they can be served. */
  takeQueuesToRefill(max: number, now: number): readonly LocalWebhookQueue[] {
    return this.#scheduler.takeQueuesToRefill(max, now) as readonly LocalWebhookQueue[];
  }

  /** What was asked for of a webhook is in memory, or will not come. */
  onRefilled(queue: LocalWebhookQueue, now: number): void {
    this.#scheduler.onRefilled(queue.account, queue, now);
  }

  /**
   * The lease of a delivery whose attempt has ended, to be settled; undefined if it was lost, or is being settled already.
   * It lasts until its {@link endLease}, or until its settling {@link abortCompletion}.
   */
  beginCompletion(lease: Lease, now: number): ActiveLease | undefined {
    this.#expireLeases(now);
    const activeLease = this.#leases.get(lease);
    if (activeLease === undefined || activeLease.isCompleting) return undefined;
    activeLease.isCompleting = true;
    activeLease.delivery.queue.uncommittedCount += 1;
    if (!activeLease.hasEnded) activeLease.delivery.queue.leasedCount -= 1;
    activeLease.hasEnded = true;
    this.reschedule(activeLease.delivery.queue, now);
    return activeLease;
  }

  /** What came of it could not be written down: it may be settled once more. */
  abortCompletion(activeLease: ActiveLease): void {
    // Its webhook may have been removed, and it with that.
    if (this.#leases.get(activeLease.lease) !== activeLease) return;
    activeLease.isCompleting = false;
    activeLease.delivery.queue.uncommittedCount -= 1;
  }

  /** False if it was lost. */
  renew(lease: Lease, leaseMs: number, now: number): boolean {
    this.#expireLeases(now);
    const activeLease = this.#leases.get(lease);
    if (activeLease === undefined || activeLease.isCompleting) return false;
    activeLease.expiresAt = now + leaseMs;
    return true;
  }

  /** The lease is over; whoever ends it says what becomes of the delivery. */
  endLease(activeLease: ActiveLease): void {
    // Its webhook may have been removed, and it with that.
    if (!this.#deleteLease(activeLease)) return;
    if (!activeLease.hasEnded) activeLease.delivery.queue.leasedCount -= 1;
    if (activeLease.isCompleting) activeLease.delivery.queue.uncommittedCount -= 1;
  }

  /** Takes out up to `max` deliveries that wait and were due at `before` already, behind whatever gate. */
  takeOverdue(dueBefore: number, max: number, now: number): readonly QueuedDelivery[] {
    this.#expireLeases(now);
    const taken: QueuedDelivery[] = [];
    for (const { waiting } of this.#queues.values())
      while (taken.length < max && (waiting.peek()?.dueAt ?? NEVER) <= dueBefore)
        taken.push(waiting.pop() as QueuedDelivery);
    this.#count -= taken.length;
    return taken;
  }

  #deleteLease(activeLease: ActiveLease): boolean {
    const isDeleted = this.#leases.delete(activeLease);
    if (isDeleted) this.#count -= 1;
    return isDeleted;
  }

  /** Everything that is in memory, waiting or leased. */
  *deliveries(): Generator<QueuedDelivery, void, undefined> {
    for (const { waiting } of this.#queues.values()) yield* waiting.toArray();
    for (const { delivery } of this.#leases) yield delivery;
  }

  /** In how many milliseconds something may become claimable by time alone; null for never. */
  getNextClaimableIn(now: number): number | null {
    this.#expireLeases(now);
    this.#earliestLeaseEnd = NEVER;
    for (const { expiresAt, isCompleting } of this.#leases)
      if (!isCompleting) this.#earliestLeaseEnd = Math.min(this.#earliestLeaseEnd, expiresAt);
    const next = Math.min(this.#scheduler.getNextReadyIn(now) ?? NEVER, this.#earliestLeaseEnd - now);
    return next === NEVER ? null : next;
  }

  /** Ends the leases whose time is over: their deliveries wait again, as they were. */
  #expireLeases(now: number): void {
    if (now < this.#earliestLeaseEnd) return;
    this.#earliestLeaseEnd = NEVER;
    // What is being written down is not attempted again meanwhile.
    for (const activeLease of this.#leases)
      if (activeLease.isCompleting) continue;
      else if (activeLease.expiresAt <= now) {
        this.endLease(activeLease);
        this.enqueue(activeLease.delivery, now);
      } else this.#earliestLeaseEnd = Math.min(this.#earliestLeaseEnd, activeLease.expiresAt);
  }
}

function toClaim(
  lease: Lease,
  { id, event, queue, attemptCount, attemptsBeforeRequeue, enqueuedAt }: QueuedDelivery,
  now: number,
): Claim {
  return {
    lease,
    delivery: id,
    account: queue.record.account,
    webhook: queue.record.id,
    version: queue.record.version,
    topic: event.topic,
    body: event.body,
    user: event.user,
    traceparent: event.traceparent,
    attemptCount,
    retries: attemptCount - attemptsBeforeRequeue,
    ageMs: now - enqueuedAt,
    isProbe: queue.pauses.has("circuit_open"),
  };
}
