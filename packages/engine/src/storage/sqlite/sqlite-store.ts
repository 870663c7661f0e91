import { type Clock, HeronError, systemClock } from "@heron-webhooks/core";
import { MOST_PENDING } from "../../limits.ts";
import { checkNames, whole } from "../../names.ts";
import { SteadyClock } from "../../steady-clock.ts";
import type { Store } from "../store.ts";
import { HotFile } from "./hot-file.ts";

export interface SqliteStoreOptions {
  /** How long to wait for another process that has the file, in milliseconds. Default 30,000. */
  readonly busyMs?: number;
  /** The most pending deliveries of an account. Default 1,000,000. */
  readonly maxPending?: number;
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
}

type Checked = Required<SqliteStoreOptions> & { readonly path: string };

/** Beyond, Node takes it for no whole number. */
const LONGEST_BUSY = 2 ** 31 - 1;

/**
 * A store in one file, for one process: SQLite with a write-ahead log, synchronous, in a thread of its own, and what is
 * about to be delivered in memory behind it.
 * @throws HeronError `option_invalid`; from its operations `store_busy` if another process has the file, `store_full`,
 * `store_version`, `store_unavailable`, `closed`
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): Store {
  const { clock, ...checked } = checkedOf(path, options);
  const file = new HotFile({ ...checked, clock: new SteadyClock(clock) });
  const ask = file.thread.ask.bind(file.thread);
  return {
    name: `SQLite (${path})`,
    async publish(events, { tx, room } = {}) {
      if (tx !== undefined)
        throw new HeronError(
          "tx_unsupported",
          "A file of SQLite cannot join a transaction: take PostgreSQL for that.",
        );
      const published = await file.publishing.publish(events);
      return { published, claims: room === undefined ? [] : await file.claiming.claim(room) };
    },
    claim: (request) => file.claiming.claim(request),
    settle: (settlements) => file.settle(settlements),
    renew: async (leases, leaseMs) => file.claiming.renew(leases, leaseMs),
    gate: (change) => file.gate(change),
    nextDueIn: () => file.claiming.nextDueIn(),
    webhooks: {
      create: async (record, max) => void (await ask("createWebhook", record, max)),
      get: (id) => ask("getWebhook", id),
      async update(id, version, change) {
        const record = await ask("updateWebhook", id, version, change);
        if (record !== null) file.changed(record);
        return record;
      },
      async remove(id) {
        const removed = await ask("removeWebhook", id);
        if (removed) file.removed(id);
        return removed;
      },
      list: (filter, page) => ask("listWebhooks", filter, page),
      gates: (id) => ask("gates", id),
    },
    users: {
      addProperties: (account, user, properties) => ask("addProperties", account, user, properties),
      get: (account, user) => ask("getProperties", account, user),
      remove: (account, user) => ask("removeUser", account, user),
    },
    labels: {
      create: async (label, max) => void (await ask("createLabel", label, max)),
      list: (account) => ask("listLabels", account),
      update: (account, name, change) => ask("updateLabel", account, name, change),
      remove: (account, name) => ask("removeLabel", account, name),
    },
    writeKeys: {
      create: async (key, max) => void (await ask("createWriteKey", key, max)),
      find: (hash) => ask("findWriteKey", hash),
      list: (account) => ask("listWriteKeys", account),
      remove: (account, id) => ask("removeWriteKey", account, id),
    },
    deliveries: {
      get: (id) => ask("getDelivery", id),
      list: (filter, page) => ask("listDeliveries", filter, page),
      retry: (id) => ask("retryDelivery", id),
      recover: (webhook, sinceMs, max, after) => ask("recover", { webhook, sinceMs, max, after }),
    },
    expire: (olderThanMs, max) => file.expire(olderThanMs, max),
    prune: (keep, max) => ask("prune", keep, max),
    migrate: () => ask("nothing"),
    close: () => file.thread.close(),
  };
}

function checkedOf(path: string, options: SqliteStoreOptions): Checked {
  if (typeof path !== "string" || path === "")
    throw new HeronError(
      "option_invalid",
      'sqliteStore takes the path of its file, such as sqliteStore("heron.db"), and was given none: an unset environment variable often arrives so. ":memory:" keeps nothing.',
    );
  checkNames("sqliteStore", options, { busyMs: true, maxPending: true, clock: true });
  const { busyMs = 30_000, maxPending = MOST_PENDING, clock = systemClock } = options;
  if (typeof clock?.now !== "function")
    throw new HeronError(
      "option_invalid",
      "clock must have the function now: leave it out for the system's.",
    );
  return {
    path,
    busyMs: whole("busyMs", busyMs, 0, LONGEST_BUSY),
    maxPending: whole("maxPending", maxPending, 1, Number.MAX_SAFE_INTEGER),
    clock,
  };
}
