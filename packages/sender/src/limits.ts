import { HeronError } from "@heron-webhooks/core";

/** The most webhooks of an account. */
export const MOST_WEBHOOKS = 1000;

/** The most pending deliveries of an account. */
export const MOST_PENDING = 1_000_000;

export function tooManyPending(pending: number, most: number): HeronError {
  return new HeronError(
    "limit_reached",
    `The account has ${pending} pending deliveries, and may have ${most}: nothing of this event was kept. Look at what they wait for: sender.deliveries.list({ state: "pending" }).`,
  );
}

/** The largest event, in bytes as it is sent. */
export const LONGEST_EVENT: number = 256 * 1024;
