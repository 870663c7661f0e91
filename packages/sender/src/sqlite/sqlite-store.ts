import { Worker } from "node:worker_threads";
import { type Clock, HeronError, type HeronErrorCode, systemClock } from "@heron-webhooks/core";
import { MOST_PENDING } from "../limits.ts";
import type { Published, Store } from "../store/store.ts";
import type { Answer, CallArguments, CallName, CallResult, Failure, Message } from "./calls.ts";

export interface SqliteStoreOptions {
  /** How long to wait for another process that has the file, in milliseconds. Default 30,000. */
  readonly busyMs?: number;
  /** The most pending deliveries of an account. Default 1,000,000. */
  readonly maxPending?: number;
  /** For tests. Default: the system's clock. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * A store in one file, for one process: SQLite with a write-ahead log, synchronous, in a thread of its own. What was
 * asked while a transaction is on its way to the disk makes the next one, so that many callers share what it costs.
 * @throws HeronError, from its operations: `store_busy` if another process has the file, `store_full`,
 * `store_version`, `store_unavailable`, `closed`
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): Store {
  const thread = new FileThread(path, options);
  const ask = thread.ask.bind(thread);
  return {
    name: `SQLite (${path})`,
    async publish(events, { tx, room } = {}) {
      if (tx !== undefined)
        throw new HeronError(
          "tx_unsupported",
          "A file of SQLite cannot join a transaction: take PostgreSQL for that.",
        );
      const plain = await ask("publish", events);
      const published = plain.map(
        (one): Published =>
          "refused" in one ? { id: one.id, refused: new HeronError("limit_reached", one.refused) } : one,
      );
      return { published, claims: room === undefined ? [] : await ask("claim", room) };
    },
    claim: (request) => ask("claim", request),
    settle: (settlements) => ask("settle", settlements),
    renew: (leases, leaseMs) => ask("renew", leases, leaseMs),
    gate: (change) => ask("gate", change),
    nextDueIn: () => ask("nextDueIn"),
    webhooks: {
      create: async (record, max) => void (await ask("createWebhook", record, max)),
      get: (id) => ask("getWebhook", id),
      update: (id, version, change) => ask("updateWebhook", id, version, change),
      remove: (id) => ask("removeWebhook", id),
      list: (filter, page) => ask("listWebhooks", filter, page),
      gates: (id) => ask("gates", id),
    },
    users: {
      addProperties: (account, user, properties) => ask("addProperties", account, user, properties),
      get: (account, user) => ask("getProperties", account, user),
      remove: (account, user) => ask("removeUser", account, user),
    },
    deliveries: {
      get: (id) => ask("getDelivery", id),
      list: (filter, page) => ask("listDeliveries", filter, page),
      retry: (id) => ask("retryDelivery", id),
      recover: (id, sinceMs, max) => ask("recover", id, sinceMs, max),
    },
    prune: (olderThanMs, max) => ask("prune", olderThanMs, max),
    migrate: async () => void (await ask("nextDueIn")),
    close: () => thread.close(),
  };
}

interface Asked {
  readonly call: Message["calls"][number];
  readonly resolve: (value: never) => void;
  readonly reject: (error: HeronError) => void;
}

/** The thread with the file, and what waits to be asked of it. */
class FileThread {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #clock: Pick<Clock, "now">;
  #gathering: Asked[] = [];
  #underWay: readonly Asked[] = [];
  #isBusy = true;
  #ended: HeronError | null = null;
  #closing: Promise<void> | null = null;

  constructor(path: string, options: SqliteStoreOptions) {
    const { busyMs = 30_000, maxPending = MOST_PENDING, clock = systemClock } = options;
    this.#clock = clock;
    // From source it stands beside this file; built, this file is part of another.
    const file = import.meta.url.endsWith("/sqlite-store.ts") ? "./worker.ts" : "./sqlite/worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), {
      workerData: { path, busyMs, maxPending, now: clock.now() },
    });
    // From the beginning on: a thread may have come to its end before anybody closes it.
    this.#exited = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.on("message", (answer: Answer) => this.#answered(answer));
    this.#worker.on("error", (cause) =>
      this.#end(
        new HeronError("store_unavailable", `The thread with ${path} came to an end: ${cause.message}`, {
          cause,
        }),
      ),
    );
    this.#worker.unref();
  }

  ask<Name extends CallName>(name: Name, ...args: CallArguments<Name>): Promise<CallResult<Name>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#gathering.push({ call: { name, args }, resolve, reject });
      // What somebody waits for keeps the process alive, even before the file is open; an idle store does not.
      this.#worker.ref();
      if (this.#gathering.length === 1 && !this.#isBusy) setImmediate(() => this.#send());
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Whatever was asked before has been answered by then; that it failed is known to who asked.
    await this.ask("nextDueIn").catch(() => {});
    if (this.#ended === null) this.#end(new HeronError("closed", "The store is closed."));
    this.#worker.ref();
    this.#worker.postMessage("close");
    await this.#exited;
  }

  #send(): void {
    if (this.#isBusy || this.#gathering.length === 0) return;
    this.#underWay = this.#gathering.filter(canBeSent);
    this.#gathering = [];
    if (this.#underWay.length === 0) {
      this.#worker.unref();
      return;
    }
    this.#isBusy = true;
    this.#worker.postMessage({
      now: this.#clock.now(),
      calls: this.#underWay.map(({ call }) => call),
    } satisfies Message);
  }

  #answered(answer: Answer): void {
    const asked = this.#underWay;
    this.#underWay = [];
    this.#isBusy = false;
    if (this.#gathering.length === 0) this.#worker.unref();
    if ("failed" in answer) {
      const error = errorOf(answer.failed);
      for (const { reject } of asked) reject(error);
      // The first answer says whether the file could be opened at all.
      if (asked.length === 0) this.#end(error);
    } else
      for (const [i, { resolve, reject }] of asked.entries()) {
        const result = answer.results[i];
        if (result === undefined || "error" in result) reject(errorOf(result?.error));
        else resolve(result.value as never);
      }
    this.#send();
  }

  #end(error: HeronError): void {
    this.#ended = error;
    this.#isBusy = false;
    for (const { reject } of [...this.#underWay, ...this.#gathering]) reject(error);
    this.#underWay = [];
    this.#gathering = [];
  }
}

function errorOf(failure: Failure | undefined): HeronError {
  return new HeronError(
    (failure?.code ?? "store_unavailable") as HeronErrorCode,
    failure?.message ?? "No answer.",
  );
}

/** Whether a call can be copied to another thread. One that cannot fails alone, and nobody else's with it. */
function canBeSent({ call, reject }: Asked): boolean {
  if (call.name === "claim" || call.name === "settle" || call.name === "publish") return true;
  try {
    structuredClone(call.args);
    return true;
  } catch (cause) {
    reject(
      new HeronError(
        "option_invalid",
        "What was given holds something that is not JSON, such as a function.",
        { cause },
      ),
    );
    return false;
  }
}
