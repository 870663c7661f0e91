import { type Duration, HeronError } from "@heron-webhooks/core";
import { parseDuration } from "@heron-webhooks/core/internal";
import { assertKnownKeys } from "@heron-webhooks/engine";

export interface RecoverOptions {
  /** A time, or a duration before now. */
  readonly since: Date | Duration;
}

const MAX_SINCE_MS = 365 * 86_400_000;

/**
 * Returns the time in milliseconds since 1970.
 * @throws HeronError `option_invalid`
 */
export function parseRecoverOptions(options: RecoverOptions, now: number): number {
  assertKnownKeys("webhooks.recover", options, { since: true });
  return parseSince(options.since, now);
}

/**
 * Converts a time, or a duration before `now`, to milliseconds since 1970.
 * @throws HeronError `option_invalid`
 */
export function parseSince(since: Date | Duration, now: number): number {
  if (since instanceof Date && !Number.isNaN(since.getTime())) return since.getTime();
  if (since instanceof Date) throw new HeronError("option_invalid", "since must be a valid date.");
  if (typeof since === "string" && /^\d{4}-\d\d/.test(since))
    throw new HeronError(
      "option_invalid",
      `since must be a Date, such as new Date(${JSON.stringify(since.slice(0, 60))}), or a duration, such as "24h".`,
    );
  return now - parseDuration("since", since, { max: MAX_SINCE_MS });
}
