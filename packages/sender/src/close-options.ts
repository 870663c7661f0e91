import { HeronError } from "@heron-webhooks/core";
import { assertKnownKeys } from "@heron-webhooks/engine";

/** How a sender is closed. */
export interface CloseOptions {
  /** How long what is under way may take, in milliseconds. Default 10,000. */
  readonly timeout?: number;
}

export const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;
/** Beyond, a timer would fire at once. */
const MAX_CLOSE_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws HeronError `option_invalid` */
export function parseCloseOptions(options: CloseOptions): number {
  assertKnownKeys("close", options, { timeout: true });
  const { timeout = DEFAULT_CLOSE_TIMEOUT_MS } = options;
  if (typeof timeout === "number" && timeout >= 0 && timeout <= MAX_CLOSE_TIMEOUT_MS) return timeout;
  throw new HeronError(
    "option_invalid",
    `timeout must be a number of milliseconds from 0 to ${MAX_CLOSE_TIMEOUT_MS}: leave it out for ${DEFAULT_CLOSE_TIMEOUT_MS}. Nothing was closed.`,
  );
}
