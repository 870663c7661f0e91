import { type Logger, retrySchedule } from "@heron-webhooks/core";
import { createSender, type Sender } from "@heron-webhooks/sender";
import { type PostgresStoreOptions, postgresStore } from "../../src/index.ts";

/** How long a statement may take, in milliseconds, in tests that wait for that. */
export const TIMEOUT = 1000;

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A sender in the test's own process that tries again soon. */
export function senderOver(options: PostgresStoreOptions): Sender {
  return createSender({
    store: postgresStore({ timeoutMs: TIMEOUT, pollMs: 50, leaseMs: 2000, max: 3, ...options }),
    egress: { allow: ["127.0.0.0/8"], http: true },
    schedule: retrySchedule({ delays: Array.from({ length: 30 }, () => 50) }),
    logger: quiet,
  });
}
