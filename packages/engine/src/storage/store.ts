import type { HeronError } from "@heron-webhooks/core";
import type { PauseChange } from "./pauses.ts";
import type { DeliveryStore, LabelStore, UserStore, WebhookStore, WriteKeyStore } from "./record-stores.ts";
import type { AttemptRecord } from "./records.ts";

/** The right to attempt a delivery for a limited time: a fencing token, new for each claim. */
export type Lease = string;

export interface NewEvent {
  readonly account: string;
  readonly id: string;
  /** The caller chose the id, so the same event may be published again. */
  readonly idempotent: boolean;
  readonly topic: string;
  /** The event as `stringifyEvent` writes it, stored byte for byte. */
  readonly body: string;
  /** The user that the event is about; null if there is none. */
  readonly user: string | null;
  /** The only webhook to deliver to, regardless of its patterns; null to deliver to all that match. */
  readonly webhook: string | null;
  /** The `traceparent` of the span in which the event was emitted. Source: W3C Trace Context. */
  readonly traceparent?: string | undefined;
}

/** The result for a {@link NewEvent}, at the same index. Nothing is stored of an event with an error. */
export type PublishResult =
  | {
      readonly id: string;
      /** Deliveries created, without those of derived events; for a duplicate, those of the original. */
      readonly deliveryCount: number;
      readonly duplicate: boolean;
    }
  | { readonly id: string; readonly error: HeronError };

export interface PublishOptions {
  /** A transaction of the application, if the store can join one. */
  readonly tx?: unknown;
  /** Claims up to `max` of the new deliveries at once. */
  readonly capacity?: ClaimRequest | undefined;
}

export interface ClaimRequest {
  /** Identifies the claiming process during its lifetime. */
  readonly claimant: string;
  readonly max: number;
  /** The duration of the leases, in milliseconds. */
  readonly leaseMs: number;
}

/** A leased delivery. */
export interface Claim {
  readonly lease: Lease;
  readonly delivery: string;
  readonly account: string;
  readonly webhook: string;
  /** The webhook's version at the time of the claim. */
  readonly version: number;
  readonly topic: string;
  readonly body: string;
  /** The user's properties at publish time, as JSON; null if there are none. */
  readonly user: string | null;
  /** The span in which the event was emitted; null if there was none. */
  readonly traceparent: string | null;
  /** Attempts made before this one. */
  readonly attemptCount: number;
  /** Attempts since the delivery was last requeued. They select the next retry delay. */
  readonly retries: number;
  /** Milliseconds since the event was published or the delivery requeued. */
  readonly ageMs: number;
  /** The delivery is the trial of a half-open circuit. */
  readonly isProbe: boolean;
}

/** What to do with a delivery after an attempt. `release` returns it unchanged. */
export type Completion =
  | { readonly state: "delivered" }
  | { readonly state: "retry"; readonly delayMs: number }
  | { readonly state: "dead"; readonly reason: string }
  | { readonly state: "release" };

export interface AttemptResult {
  readonly lease: Lease;
  readonly completion: Completion;
  /** The attempt; null if none was made. */
  readonly attempt: Omit<AttemptRecord, "number" | "endedAt"> | null;
}

/** A delivery that was overdue for too long. */
export type ExpiredDelivery = Pick<Claim, "delivery" | "webhook" | "account" | "topic" | "attemptCount">;

/** How long, and how much of, the delivery log is retained. */
export interface RetentionLimits {
  /** Older events are pruned, in milliseconds. */
  readonly maxAgeMs: number;
  /** The oldest events are pruned beyond this size, in bytes, as the store measures it. */
  readonly maxBytes: number;
}

/** Stores events, deliveries, webhooks, users, labels and write keys. */
export interface Store {
  /** The store's name in messages: `SQLite (heron.db)`. */
  readonly name: string;
  /**
   * Persists events. Each event is stored with a copy of its user's properties, a delivery for every enabled webhook of
   * its account that matches it (`matchesEvent`), and the events that labels derive from it (`applyLabels`): all of
   * that or nothing. An idempotent event that exists already changes nothing. When the promise resolves, the events are
   * durable.
   *
   * With `capacity`, new deliveries that may be attempted are returned as claims, as if by {@link claim}. An event that
   * would exceed the account's limit of pending deliveries gets a `limit_reached` error; the others are stored.
   */
  publish(
    events: readonly NewEvent[],
    options?: PublishOptions,
  ): Promise<{ readonly published: readonly PublishResult[]; readonly claims: readonly Claim[] }>;
  /**
   * Leases up to `max` deliveries that are due and not paused: round robin over accounts, then over their webhooks, and
   * never more of a webhook than its concurrency.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Records attempts and their completions. Returns the leases that were lost, for which nothing is recorded. */
  complete(results: readonly AttemptResult[]): Promise<readonly Lease[]>;
  /** Renews leases from now on. Returns those that were lost. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  /**
   * Sets or clears a pause, without rewriting deliveries. After a `circuit_open` pause has expired, one delivery at a
   * time is claimed as a probe until the pause is cleared.
   */
  setPause(change: PauseChange): Promise<void>;
  /** Milliseconds until a delivery may become claimable by time alone; null for never. */
  nextDueIn(): Promise<number | null>;
  /**
   * Calls `notify` when a delivery becomes claimable sooner than that. Notifications may be lost: they only shorten the
   * polling interval.
   */
  onNotify?(notify: () => void): () => void;
  readonly webhooks: WebhookStore;
  readonly users: UserStore;
  readonly deliveries: DeliveryStore;
  readonly labels: LabelStore;
  readonly writeKeys: WriteKeyStore;
  /**
   * Marks pending deliveries dead, with the reason `expired`, that have been due for longer, regardless of pauses and
   * except leased ones. One step handles up to `max`.
   */
  expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }>;
  /**
   * Deletes events beyond the limits, oldest first, with their deliveries, if none of these is pending. One step
   * handles up to `max`.
   */
  prune(limits: RetentionLimits, max: number): Promise<{ readonly pruned: number; readonly isDone: boolean }>;
  /** Migrates the storage to the current schema version. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
