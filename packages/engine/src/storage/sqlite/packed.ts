import type { PendingCompletion } from "../../queue/local-completer.ts";
import type { NewEvent, AttemptResult } from "../store.ts";

/**
 * How events and settlements cross to the thread with the file: in columns, since what crosses costs by the object.
 */

/** The states of a row, see the schema. */
export const BUFFERED = 2;
export const WAITING = 3;
export const DELIVERED = 4;
export const DEAD = 5;

/** What became of an event. */
export const PUBLISHED = 0;
export const DUPLICATE = 1;
export const LIMIT_REACHED = 2;
/** What labels would make of it is too large. */
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
  /** Two for each event: what became of it, and how many deliveries it has (if it was refused for them, how many are pending). */
  readonly outcomes: Float64Array;
  /**
   * Four for each delivery: its event's place, its number, its webhook's number, and 1 if it was born hot. Those that labels
   * made have their places behind what was given.
   */
  readonly deliveries: Float64Array;
  /** When they were published, in milliseconds since 1970. */
  readonly publishedAt: number;
  /** Of each event, the properties of its user as they were copied. */
  readonly users: readonly (string | null)[];
  /** What labels made. */
  readonly derivedEvents: readonly PackedDerivedEvent[];
}

/** An event that a label made, as deliveries need it. */
export interface PackedDerivedEvent {
  readonly topic: string;
  readonly body: string;
  readonly user: string | null;
  readonly traceparent: string | null;
}

export interface PackedResults {
  /** {@link RESULT_COLUMNS} for each: delivery, webhook, state, attempts, due, status, milliseconds. */
  readonly numbers: Float64Array;
  /** What else there is to say; null for what was delivered at the first attempt. */
  readonly details: readonly (ResultDetails | null)[];
}

export const DELIVERY_COLUMNS = 4;
export const RESULT_COLUMNS = 7;

export interface ResultDetails {
  /** An attempt was made. */
  readonly wasAttempted: boolean;
  /** It had an answer. */
  readonly hasResponse: boolean;
  /** Why the attempt failed. */
  readonly attemptReason: string | null;
  readonly responseBody: string | null;
  /** Why the delivery is dead, or why the attempt failed. */
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
    numbers[offset++] = completion.state === "delivered" ? DELIVERED : completion.state === "dead" ? DEAD : WAITING;
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
