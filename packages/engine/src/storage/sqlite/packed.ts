import type { Settling } from "../../queue/settling.ts";
import type { NewEvent, Settlement } from "../store.ts";

/**
 * How events and settlements cross to the thread with the file: in columns, since what crosses costs by the object.
 */

/** The states of a row, see the schema. */
export const HOT = 2;
export const WAITING = 3;
export const DELIVERED = 4;
export const DEAD = 5;

/** What became of an event. */
export const NEW = 0;
export const DUPLICATE = 1;
export const REFUSED = 2;
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

export interface PackedPublished {
  /** Two for each event: what became of it, and how many deliveries it has (if it was refused for them, how many are pending). */
  readonly outcomes: Float64Array;
  /**
   * Four for each delivery: its event's place, its number, its webhook's number, and 1 if it was born hot. Those that labels
   * made have their places behind what was given.
   */
  readonly births: Float64Array;
  /** When they were published, in milliseconds since 1970. */
  readonly at: number;
  /** Of each event, the properties of its user as they were copied. */
  readonly users: readonly (string | null)[];
  /** What labels made. */
  readonly labeled: readonly LabelMade[];
}

/** An event that a label made, as deliveries need it. */
export interface LabelMade {
  readonly topic: string;
  readonly body: string;
  readonly user: string | null;
  readonly traceparent: string | null;
}

export interface PackedSettlements {
  /** {@link SETTLEMENT_WIDTH} for each: delivery, webhook, state, attempts, due, status, milliseconds. */
  readonly numbers: Float64Array;
  /** What else there is to say; null for what was delivered at the first attempt. */
  readonly notes: readonly (SettlementNote | null)[];
}

export const BIRTH_WIDTH = 4;
export const SETTLEMENT_WIDTH = 7;

export interface SettlementNote {
  /** An attempt was made. */
  readonly attempted: boolean;
  /** It had an answer. */
  readonly answered: boolean;
  /** Why the attempt failed. */
  readonly failed: string | null;
  readonly answer: string | null;
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

export function packSettlements(settling: readonly Settling[], now: number): PackedSettlements {
  const numbers = new Float64Array(settling.length * SETTLEMENT_WIDTH);
  let at = 0;
  const notes = settling.map(({ delivery, webhook, settled, attempt }) => {
    const attempts = delivery.attempts + (attempt === null ? 0 : 1);
    numbers[at++] = delivery.sequence;
    numbers[at++] = webhook;
    numbers[at++] = settled.state === "delivered" ? DELIVERED : settled.state === "dead" ? DEAD : WAITING;
    numbers[at++] = attempts;
    numbers[at++] = settled.state === "retry" ? now + settled.delayMs : now;
    numbers[at++] = attempt?.status ?? 0;
    numbers[at++] = attempt?.ms ?? 0;
    return noteOf(settled, attempt, attempts);
  });
  return { numbers, notes };
}

function noteOf(
  settled: Settlement["settled"],
  attempt: Settlement["attempt"],
  attempts: number,
): SettlementNote | null {
  if (settled.state === "delivered" && attempts === 1) return null;
  const failed = attempt?.reason ?? null;
  return {
    attempted: attempt !== null,
    answered: attempt !== null && attempt.status !== null,
    failed,
    answer: attempt?.answer ?? null,
    reason: settled.state === "dead" ? settled.reason : failed,
  };
}
