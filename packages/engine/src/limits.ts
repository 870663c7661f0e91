import { HeronError } from "@heron-webhooks/core";

/** Webhooks per account. */
export const MAX_WEBHOOKS = 1000;

/** Pending deliveries per account. */
export const MAX_PENDING_DELIVERIES = 1_000_000;

export function createPendingLimitError(pending: number, max: number): HeronError {
  return new HeronError(
    "limit_reached",
    `The account has ${pending} of at most ${max} pending deliveries, so the event was not published. List the pending deliveries to see what they wait for.`,
  );
}

/** Labels per account. Every event is matched against the labels of its account. */
export const MAX_LABELS = 100;

export function createLabelExistsError(name: string): HeronError {
  return new HeronError(
    "label_exists",
    `The account already has a label ${name}. Update that label, or choose another name.`,
  );
}

export function createLabelLimitError(max: number): HeronError {
  return new HeronError(
    "limit_reached",
    `The account has reached its limit of ${max} labels. Delete one first.`,
  );
}

export function createLabelsTooLargeError(): HeronError {
  return new HeronError(
    "event_too_large",
    "Labels matching this event would create more than 1 MiB of derived events. Reduce the event, its user's properties, or the number of matching labels.",
  );
}

/** Write keys per account. */
export const MAX_WRITE_KEYS = 50;

export function createWriteKeyLimitError(max: number): HeronError {
  return new HeronError(
    "limit_reached",
    `The account has reached its limit of ${max} write keys. Delete one that is not used.`,
  );
}

/** The size of an event, in bytes as sent. */
export const MAX_EVENT_BYTES: number = 256 * 1024;
