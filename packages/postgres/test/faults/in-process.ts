import type { Logger } from "@heron-webhooks/core";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { createSender, type Sender } from "@heron-webhooks/sender";
import { type PostgresStoreOptions, postgresStore } from "../../src/index.ts";

export const STATEMENT_TIMEOUT_MS = 1000;

const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A sender in the test's process that retries soon. */
export function createTestSender(options: PostgresStoreOptions): Sender {
  return createSender({
    store: postgresStore({
      statementTimeout: STATEMENT_TIMEOUT_MS,
      pollInterval: 50,
      leaseDuration: 2000,
      maxConnections: 3,
      ...options,
    }),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
    retry: createRetryPolicy({ delays: Array.from({ length: 30 }, () => 50) }),
    logger: silentLogger,
  });
}
