import { HeronError } from "@heron-webhooks/core";

/** The most webhooks of an account. */
export const MAX_WEBHOOKS = 1000;

/** The most pending deliveries of an account. */
export const MAX_PENDING_DELIVERIES = 1_000_000;

export function createPendingLimitError(pending: number, max: number): HeronError {
  return new HeronError(
    "limit_reached",
    `The account has ${pending} pending deliveries, and may have ${max}: nothing of this event was kept. Look at what they wait for: sender.deliveries.list({ state: "pending" }).`,
  );
}

/** The most labels of an account: each is looked at for every event of a topic that it names. */
export const MAX_LABELS = 100;

export function createLabelExistsError(name: string): HeronError {
  return new HeronError(
    "label_exists",
    `The account has a label ${name} already: change that one, or choose another name.`,
  );
}

export function createLabelLimitError(max: number): HeronError {
  return new HeronError("limit_reached", `The account has ${max} labels, which is as many as it may have.`);
}

export function createLabelsTooLargeError(): HeronError {
  return new HeronError(
    "event_too_large",
    "What the labels that name this event would make of it is larger than 1 MiB together: emit less in one event, keep less of its user, or have fewer labels name it.",
  );
}

/** The most write keys of an account. */
export const MAX_WRITE_KEYS = 50;

export function createWriteKeyLimitError(max: number): HeronError {
  return new HeronError(
    "limit_reached",
    `The account has ${max} write keys, which is as many as it may have: remove one that nothing uses.`,
  );
}

/** The largest event, in bytes as it is sent. */
export const MAX_EVENT_BYTES: number = 256 * 1024;
