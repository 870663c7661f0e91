import type { PendingCompletion } from "../../queue/local-completer.ts";
import type { AttemptResult, NewEvent } from "../store.ts";

/**
 * Events and results cross to the SQLite thread in columns, because the cost of a message grows with its number of
 * objects.
 */

/** The values of `deliveries.state`; see the schema. */
export const BUFFERED = 2;
export const WAITING = 3;
export const DELIVERED = 4;
export const DEAD = 5;

/** The outcome of publishing an event. */
export const PUBLISHED = 0;
export const DUPLICATE = 1;
export const LIMIT_REACHED = 2;
/** The events derived by labels are too large. */
export const TOO_LARGE = 3;

export interface PackedEvents {
  readonly accounts: readonly string[];
  readonly ids: readonly string[];
  readonly idempotent: readonly boolean[];
  readonly topics: readonly string[];
  readonly bodies: readonly string[];
  readonly users: readonly (string | null)[];
  readonly webhooks: readonly (string | null)[];
  readonly traceparents: readonly (string | null)[];
}

export interface PackedPublishResult {
  /**
   * Two numbers for each event: its outcome, and its number of deliveries (for `LIMIT_REACHED`, the account's pending
   * deliveries).
   */
  readonly outcomes: Float64Array;
  /**
   * {@link DELIVERY_COLUMNS} numbers for each delivery: its event's index, its number, its webhook's number, and 1 if
   * it is buffered. Derived events have the indexes after those of the input.
   */
  readonly deliveries: Float64Array;
  /** In milliseconds since 1970. */
  readonly publishedAt: number;
  /** The user's properties of each event. */
  readonly users: readonly (string | null)[];
  /** The events derived by labels. */
  readonly derivedEvents: readonly PackedDerivedEvent[];
}

/** A derived event, as deliveries need it. */
export interface PackedDerivedEvent {
  readonly topic: string;
  readonly body: string;
  readonly user: string | null;
  readonly traceparent: string | null;
}

export interface PackedResults {
  /**
   * {@link RESULT_COLUMNS} numbers for each result: delivery, webhook, state, attempt count, due time, response status,
   * duration in milliseconds.
   */
  readonly numbers: Float64Array;
  /** Further details; null for a delivery that succeeded at the first attempt. */
  readonly details: readonly (ResultDetails | null)[];
}

export const DELIVERY_COLUMNS = 4;
export const RESULT_COLUMNS = 7;

export interface ResultDetails {
  readonly wasAttempted: boolean;
  readonly hasResponse: boolean;
  /** Why the attempt failed. */
  readonly attemptReason: string | null;
  readonly responseBody: string | null;
  /** Why the delivery is dead, or why its attempt failed. */
  readonly reason: string | null;
}

export function packEvents(events: readonly NewEvent[]): PackedEvents {
  return {
    accounts: events.map(({ account }) => account),
    ids: events.map(({ id }) => id),
    idempotent: events.map(({ idempotent }) => idempotent),
    topics: events.map(({ topic }) => topic),
    bodies: events.map(({ body }) => body),
    users: events.map(({ user }) => user),
    webhooks: events.map(({ webhook }) => webhook),
    traceparents: events.map(({ traceparent = null }) => traceparent),
  };
}

export function packResults(completions: readonly PendingCompletion[], now: number): PackedResults {
  const numbers = new Float64Array(completions.length * RESULT_COLUMNS);
  let offset = 0;
  const details = completions.map(({ delivery, webhook, completion, attempt }) => {
    const attemptCount = delivery.attemptCount + (attempt === null ? 0 : 1);
    numbers[offset++] = delivery.sequence;
    numbers[offset++] = webhook;
    numbers[offset++] =
      completion.state === "delivered" ? DELIVERED : completion.state === "dead" ? DEAD : WAITING;
    numbers[offset++] = attemptCount;
    numbers[offset++] = completion.state === "retry" ? now + completion.delayMs : now;
    numbers[offset++] = attempt?.responseStatus ?? 0;
    numbers[offset++] = attempt?.durationMs ?? 0;
    return toResultDetails(completion, attempt, attemptCount);
  });
  return { numbers, details };
}

function toResultDetails(
  completion: AttemptResult["completion"],
  attempt: AttemptResult["attempt"],
  attemptCount: number,
): ResultDetails | null {
  if (completion.state === "delivered" && attemptCount === 1) return null;
  const attemptReason = attempt?.reason ?? null;
  return {
    wasAttempted: attempt !== null,
    hasResponse: attempt !== null && attempt.responseStatus !== null,
    attemptReason,
    responseBody: attempt?.responseBody ?? null,
    reason: completion.state === "dead" ? completion.reason : attemptReason,
  };
}
