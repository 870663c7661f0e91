import { HeronError } from "@heron-webhooks/core";
import { assertKnownKeys } from "@heron-webhooks/engine";

export interface CloseOptions {
  /** How long attempts in flight may take to finish, in milliseconds. Default 10,000. */
  readonly timeout?: number;
}

export const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;
/** A longer timer would fire at once. */
const MAX_CLOSE_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws HeronError `option_invalid` */
export function parseCloseOptions(options: CloseOptions): number {
  assertKnownKeys("close", options, { timeout: true });
  const { timeout = DEFAULT_CLOSE_TIMEOUT_MS } = options;
  if (typeof timeout === "number" && timeout >= 0 && timeout <= MAX_CLOSE_TIMEOUT_MS) return timeout;
  throw new HeronError(
    "option_invalid",
    `timeout must be a number of milliseconds from 0 to ${MAX_CLOSE_TIMEOUT_MS}: the default is ${DEFAULT_CLOSE_TIMEOUT_MS}. Nothing was closed.`,
  );
}
