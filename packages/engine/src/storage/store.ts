import type { HeronError } from "@heron-webhooks/core";
import type { PauseChange } from "./pauses.ts";
import type { DeliveryStore, LabelStore, UserStore, WebhookStore, WriteKeyStore } from "./record-stores.ts";
import type { AttemptRecord } from "./records.ts";

/** The right to attempt a delivery, for a time: a fencing token, new each time a delivery is claimed. */
export type Lease = string;

/** An event to be published. */
export interface NewEvent {
  readonly account: string;
  readonly id: string;
  /** The id was chosen by the caller, so the same one may come again. */
  readonly idempotent: boolean;
  readonly topic: string;
  /** The event as `encodeEvent` writes it: kept byte for byte. */
  readonly body: string;
  /** The user it is about; null for none. */
  readonly user: string | null;
  /** The one webhook it is for, whatever its patterns; null for those that match. */
  readonly webhook: string | null;
  /** The span it was emitted in, as W3C Trace Context writes it, to be kept with it. */
  readonly traceparent?: string | undefined;
}

/** What became of a {@link NewEvent}, in the same place of the list. Of one that was refused nothing is kept. */
export type PublishResult =
  | {
      readonly id: string;
      /** How many deliveries it made, those of its labels excepted; of a duplicate, how many it had made. */
      readonly deliveryCount: number;
      readonly duplicate: boolean;
    }
  | { readonly id: string; readonly error: HeronError };

export interface PublishOptions {
  /** A transaction of the application's, where the store can join one. */
  readonly tx?: unknown;
  /** Takes up to `max` of the new deliveries as claims at once. */
  readonly capacity?: ClaimRequest | undefined;
}

export interface ClaimRequest {
  /** Who claims: unique for a process's life. */
  readonly claimant: string;
  readonly max: number;
  /** How long the leases last, in milliseconds. */
  readonly leaseMs: number;
}

/** A delivery, leased. */
export interface Claim {
  readonly lease: Lease;
  readonly delivery: string;
  readonly account: string;
  readonly webhook: string;
  /** The webhook's version when it was claimed: another means that it was changed. */
  readonly version: number;
  readonly topic: string;
  readonly body: string;
  /** The user's properties as they were when the event was published, as JSON; null for none. */
  readonly user: string | null;
  /** The span that its event was emitted in; null for none. */
  readonly traceparent: string | null;
  /** How many attempts were made before. */
  readonly attemptCount: number;
  /** How many of them count for its retries: of a settled delivery that was made pending again, those since then. */
  readonly retries: number;
  /** For how long it has been owed, in milliseconds: since its event was published, or it was made pending again. */
  readonly ageMs: number;
  /** It was let through after a circuit: what becomes of it decides for the others. */
  readonly isProbe: boolean;
}

/** What follows from an attempt; `release` hands the delivery back as it was. */
export type Completion =
  | { readonly state: "delivered" }
  | { readonly state: "retry"; readonly delayMs: number }
  | { readonly state: "dead"; readonly reason: string }
  | { readonly state: "release" };

export interface AttemptResult {
  readonly lease: Lease;
  readonly completion: Completion;
  /** The attempt that was made; null if none was. */
  readonly attempt: Omit<AttemptRecord, "number" | "endedAt"> | null;
}

/** A delivery that nobody attempted in time. */
export type ExpiredDelivery = Pick<Claim, "delivery" | "webhook" | "account" | "topic" | "attemptCount">;

/** What is kept of events and of what became of them. */
export interface RetentionLimits {
  /** Nothing that is older, in milliseconds. */
  readonly maxAgeMs: number;
  /** Nothing more than fits into so much, in bytes, in whatever way the store counts. */
  readonly maxBytes: number;
}

/** Where events, deliveries, webhooks and users are kept. */
export interface Store {
  /** What the store is, for messages: `SQLite (heron.db)`. */
  readonly name: string;
  /**
   * Persists events, each with a delivery for every enabled webhook of its account that one of its patterns names and of
   * which its conditions hold, and with a copy of its user's properties; with it, likewise, what the account's labels make
   * of it ({@link labeled}); all of that or nothing. An event whose id its caller chose, and that the account has had,
   * changes nothing. What resolved is durable.
   *
   * With `room`, new deliveries that may be attempted come back as claims, as if {@link claim} had given them. An event
   * whose account would have more pending than it may is refused, `limit_reached`, and the others are kept.
   */
  publish(
    events: readonly NewEvent[],
    options?: PublishOptions,
  ): Promise<{ readonly published: readonly PublishResult[]; readonly claims: readonly Claim[] }>;
  /**
   * Leases deliveries that are due and whose gates are open: round the accounts, then round their webhooks, never more
   * of a webhook than its concurrency, and as many as `max` while there are any.
   */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Records attempts and what follows from them. Gives back the leases that were lost, of which nothing is recorded. */
  complete(results: readonly AttemptResult[]): Promise<readonly Lease[]>;
  /** Prolongs leases, from now on. Gives back those that were lost. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  /** Closes or opens a gate. Rewrites no delivery. After a circuit one delivery is let through, until the gate is opened. */
  setPause(change: PauseChange): Promise<void>;
  /** In how many milliseconds something may become claimable by time alone; null for never. */
  nextDueIn(): Promise<number | null>;
  /** Calls `wake` when something becomes claimable sooner than that. Hints may be lost: they only shorten sleep. */
  onNotify?(notify: () => void): () => void;
  readonly webhooks: WebhookStore;
  readonly users: UserStore;
  readonly deliveries: DeliveryStore;
  readonly labels: LabelStore;
  readonly writeKeys: WriteKeyStore;
  /**
   * Has pending deliveries die, `expired`, that have been due for longer, behind whatever gate; those that are leased
   * excepted. In one step, of up to `max`.
   */
  expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }>;
  /**
   * Takes away events that are kept no longer, the oldest first, with their deliveries, if all of these are settled. In
   * one step, of up to `max`.
   */
  prune(limits: RetentionLimits, max: number): Promise<{ readonly pruned: number; readonly isDone: boolean }>;
  /** Brings what is kept to the version that this code reads. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}
