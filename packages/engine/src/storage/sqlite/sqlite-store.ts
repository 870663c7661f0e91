import { type Clock, HeronError } from "@heron-webhooks/core";
import { systemClock } from "@heron-webhooks/core/internal";
import { MAX_PENDING_DELIVERIES } from "../../limits.ts";
import { MonotonicClock } from "../../monotonic-clock.ts";
import { assertInteger, assertKnownKeys } from "../../validate-options.ts";
import type { Store } from "../store.ts";
import { SqliteQueue } from "./sqlite-queue.ts";

export interface SqliteStoreOptions {
  /** How long to wait while another process has the file open, in milliseconds. Default 30,000. */
  readonly busyTimeout?: number;
  /** Pending deliveries per account. Default 1,000,000. */
  readonly maxPending?: number;
  /** For tests. Default: the system clock. */
  readonly clock?: Pick<Clock, "now">;
}

type ParsedOptions = Required<SqliteStoreOptions> & { readonly path: string };

/** SQLite takes a 32-bit integer. */
const MAX_BUSY_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A store in one SQLite file, for one process. SQLite runs in a thread of its own, with a write-ahead log and
 * synchronous commits; the deliveries that are due next are in memory.
 * @throws HeronError `option_invalid`. Its operations throw `store_busy` if another process has the file open,
 * `store_full`, `store_version`, `store_unavailable`, `closed`
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): Store {
  const { clock, ...parsedOptions } = parseOptions(path, options);
  const queue = new SqliteQueue({ ...parsedOptions, clock: new MonotonicClock(clock) });
  const call = queue.thread.call.bind(queue.thread);
  return {
    name: `SQLite (${path})`,
    async publish(events, { tx, capacity } = {}) {
      if (tx !== undefined)
        throw new HeronError(
          "tx_unsupported",
          "The SQLite store cannot join a transaction. Use PostgreSQL, or leave out tx.",
        );
      const published = await queue.publisher.publish(events);
      return { published, claims: capacity === undefined ? [] : await queue.claimer.claim(capacity) };
    },
    claim: (request) => queue.claimer.claim(request),
    complete: (results) => queue.complete(results),
    renew: async (leases, leaseMs) => queue.claimer.renew(leases, leaseMs),
    setPause: (change) => queue.setPause(change),
    nextDueIn: () => queue.claimer.nextDueIn(),
    webhooks: {
      create: async (record, max) => void (await call("createWebhook", record, max)),
      get: (id) => call("getWebhook", id),
      async update(id, version, change) {
        const record = await call("updateWebhook", id, version, change);
        if (record !== null) queue.updateWebhook(record);
        return record;
      },
      async delete(id) {
        const isDeleted = await call("deleteWebhook", id);
        if (isDeleted) queue.deleteWebhook(id);
        return isDeleted;
      },
      list: (filter, page) => call("listWebhooks", filter, page),
      pauses: (id) => call("listPauses", id),
    },
    users: {
      addProperties: (account, user, properties) => call("addProperties", account, user, properties),
      get: (account, user) => call("getProperties", account, user),
      delete: (account, user) => call("deleteUser", account, user),
    },
    labels: {
      create: async (label, max) => void (await call("createLabel", label, max)),
      list: (account) => call("listLabels", account),
      update: (account, name, change) => call("updateLabel", account, name, change),
      delete: (account, name) => call("deleteLabel", account, name),
    },
    writeKeys: {
      create: async (key, max) => void (await call("createWriteKey", key, max)),
      find: (hash) => call("findWriteKey", hash),
      list: (account) => call("listWriteKeys", account),
      delete: (account, id) => call("deleteWriteKey", account, id),
    },
    deliveries: {
      get: (id) => call("getDelivery", id),
      list: (filter, page) => call("listDeliveries", filter, page),
      retry: (id) => call("retryDelivery", id),
      recover: (webhook, sinceMs, max, cursor) => call("recover", { webhook, sinceMs, max, cursor }),
    },
    expire: (olderThanMs, max) => queue.expire(olderThanMs, max),
    prune: (limits, max) => call("prune", limits, max),
    migrate: () => call("ping"),
    close: () => queue.thread.close(),
  };
}

function parseOptions(path: string, options: SqliteStoreOptions): ParsedOptions {
  if (typeof path !== "string" || path === "")
    throw new HeronError(
      "option_invalid",
      'sqliteStore() needs the path of its file, such as sqliteStore("heron.db"). Check for an unset environment variable. ":memory:" persists nothing.',
    );
  assertKnownKeys("sqliteStore", options, { busyTimeout: true, maxPending: true, clock: true });
  const { busyTimeout = 30_000, maxPending = MAX_PENDING_DELIVERIES, clock = systemClock } = options;
  if (typeof clock?.now !== "function")
    throw new HeronError(
      "option_invalid",
      "clock must have the function now. Leave it out to use the system clock.",
    );
  return {
    path,
    busyTimeout: assertInteger("busyTimeout", busyTimeout, 0, MAX_BUSY_TIMEOUT_MS),
    maxPending: assertInteger("maxPending", maxPending, 1, Number.MAX_SAFE_INTEGER),
    clock,
  };
}
