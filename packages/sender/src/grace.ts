import { HeronError } from "@heron-webhooks/core";
import { checkNames } from "@heron-webhooks/engine";

/** How a sender is closed. */
export interface CloseOptions {
  /** How long what is under way may take, in milliseconds. Default 10,000. */
  readonly graceMs?: number;
}

export const GRACE = 10_000;
/** Beyond, a timer would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** @throws HeronError `option_invalid` */
export function graceOf(options: CloseOptions): number {
  checkNames("close", options, { graceMs: true });
  const { graceMs = GRACE } = options;
  if (typeof graceMs === "number" && graceMs >= 0 && graceMs <= LONGEST) return graceMs;
  throw new HeronError(
    "option_invalid",
    `graceMs must be a number of milliseconds from 0 to ${LONGEST}: leave it out for ${GRACE}. Nothing was closed.`,
  );
}
