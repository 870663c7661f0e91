import type { PauseChange } from "../storage/pauses.ts";
import type { WebhookRecord } from "../storage/records.ts";
import type { Claim, ClaimRequest, Lease } from "../storage/store.ts";
import { type ActiveLease, LeaseTable } from "./leases.ts";
import { LocalWebhookQueue, type QueuedDelivery } from "./queued-delivery.ts";
import { AccountQueue, Scheduler } from "./scheduler.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Deliveries in memory, about; each webhook may exceed this by one. */
const MAX_BUFFERED_DELIVERIES = 16_000;
/** Deliveries loaded at once, and the minimum in a full memory while few webhooks wait. */
const MAX_LOADED_DELIVERIES = 1024;
const MIN_LOADED_DELIVERIES = 64;

/** The part of a store that is in memory: waiting deliveries, their order, leases and pauses. */
export class LocalQueue {
  readonly #accounts = new Map<string, AccountQueue<QueuedDelivery>>();
  readonly #queues = new Map<string, LocalWebhookQueue>();
  readonly #scheduler = new Scheduler<QueuedDelivery>();
  readonly #leases = new LeaseTable();
  /** A lower bound of the next lease expiry. */
  #earliestLeaseEnd = NEVER;
  /** Deliveries that wait in memory or are leased. */
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

  /** All queues in memory, in insertion order. */
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

  /** Removes a webhook with its waiting and leased deliveries. */
  removeQueue(id: string): void {
    const queue = this.#queues.get(id);
    if (queue === undefined) return;
    this.#queues.delete(id);
    queue.account.queues.delete(queue);
    this.#count -= queue.waiting.length;
    if (queue.account.queues.size + queue.account.pauses.size === 0)
      this.#accounts.delete(queue.record.account);
    for (const activeLease of this.#leases)
      if (activeLease.delivery.queue === queue) this.endLease(activeLease);
  }

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
    if (scope === "account")
      for (const accountQueue of this.getAccount(id).queues)
        this.reschedule(accountQueue as LocalWebhookQueue, now);
  }

  reschedule(queue: LocalWebhookQueue, now: number): void {
    this.#scheduler.reschedule(queue.account, queue, now);
  }

  /** How many deliveries to load for each of `webhookCount` webhooks. */
  getLoadSize(webhookCount: number): number {
    const minSize = this.#scheduler.waitingCount > MIN_LOADED_DELIVERIES ? 0 : MIN_LOADED_DELIVERIES;
    const maxSize = Math.max(minSize, Math.min(MAX_LOADED_DELIVERIES, MAX_BUFFERED_DELIVERIES - this.#count));
    return Math.max(1, Math.floor(maxSize / webhookCount));
  }

  /** Adds a delivery without rescheduling its queue. */
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

  /** Queues whose next deliveries must be loaded before they can be served. */
  takeQueuesToRefill(max: number, now: number): readonly LocalWebhookQueue[] {
    return this.#scheduler.takeQueuesToRefill(max, now) as readonly LocalWebhookQueue[];
  }

  /** Call this when a refill has ended, also if it loaded nothing. */
  onRefilled(queue: LocalWebhookQueue, now: number): void {
    this.#scheduler.onRefilled(queue.account, queue, now);
  }

  /**
   * Marks a lease as completing. Returns undefined if it was lost or is completing already. The lease lasts until
   * {@link endLease} or {@link abortCompletion}.
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

  /** Writing the result failed: the lease may be completed again. */
  abortCompletion(activeLease: ActiveLease): void {
    // Its webhook may have been deleted, and the lease with it.
    if (this.#leases.get(activeLease.lease) !== activeLease) return;
    activeLease.isCompleting = false;
    activeLease.delivery.queue.uncommittedCount -= 1;
  }

  /** Returns false if the lease was lost. */
  renew(lease: Lease, leaseMs: number, now: number): boolean {
    this.#expireLeases(now);
    const activeLease = this.#leases.get(lease);
    if (activeLease === undefined || activeLease.isCompleting) return false;
    activeLease.expiresAt = now + leaseMs;
    return true;
  }

  /** Ends a lease. The caller decides what happens to the delivery. */
  endLease(activeLease: ActiveLease): void {
    // Its webhook may have been deleted, and the lease with it.
    if (!this.#deleteLease(activeLease)) return;
    if (!activeLease.hasEnded) activeLease.delivery.queue.leasedCount -= 1;
    if (activeLease.isCompleting) activeLease.delivery.queue.uncommittedCount -= 1;
  }

  /** Removes up to `max` waiting deliveries that were due before `dueBefore`, regardless of pauses. */
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

  /** All deliveries in memory, waiting or leased. */
  *deliveries(): Generator<QueuedDelivery, void, undefined> {
    for (const { waiting } of this.#queues.values()) yield* waiting.toArray();
    for (const { delivery } of this.#leases) yield delivery;
  }

  /** Milliseconds until a delivery may become claimable by time alone; null for never. */
  getNextClaimableIn(now: number): number | null {
    this.#expireLeases(now);
    this.#earliestLeaseEnd = NEVER;
    for (const { expiresAt, isCompleting } of this.#leases)
      if (!isCompleting) this.#earliestLeaseEnd = Math.min(this.#earliestLeaseEnd, expiresAt);
    const next = Math.min(this.#scheduler.getNextReadyIn(now) ?? NEVER, this.#earliestLeaseEnd - now);
    return next === NEVER ? null : next;
  }

  /** Ends expired leases and enqueues their deliveries again. */
  #expireLeases(now: number): void {
    if (now < this.#earliestLeaseEnd) return;
    this.#earliestLeaseEnd = NEVER;
    // A delivery whose result is being written is not attempted again.
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
