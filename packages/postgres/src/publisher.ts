import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, PublishResult } from "@heron-webhooks/engine";
import { createPendingLimitError } from "@heron-webhooks/engine";
import { AccountRulesCache } from "./account-rules-cache.ts";
import { Batcher } from "./batcher.ts";
import { type AccountBatch, callPublish, type PublishCallResult } from "./call-publish.ts";
import type { Database, SqlClient } from "./database.ts";
import { isCallerError, isLockTimeout, toHeronError } from "./database-errors.ts";
import type { IdMap } from "./id-map.ts";
import type { Mutex } from "./mutex.ts";
import { QuotaCache } from "./quota-cache.ts";
import { DUPLICATE, OTHER_OWNER, OVER_QUOTA } from "./schema/publishing.ts";
import type { ServerClock } from "./server-clock.ts";
import type { ProcessMember } from "./worker/worker.ts";

const MAX_CALLS_PER_STATEMENT = 64;
/** How long a statement waits for an open transaction that has published an event with the same id. */
const LOCK_TIMEOUT_MS = 25;
/** The same for calls that run alone, which others are queued behind. */
const LOCK_TIMEOUT_ALONE_MS = 2;

export interface PublisherContext {
  readonly database: Database;
  readonly ids: IdMap;
  readonly clock: ServerClock;
  readonly mutex: Mutex;
  readonly maxPending: number;
  readonly member: () => ProcessMember | null;
  /** Called when a delivery was published for a webhook that another process owns. */
  readonly notify: () => void;
}

/** The events of one call, which are published together or not at all. */
type Call = readonly NewEvent[];
type CallResult = readonly PublishResult[];

/** Publishes events: calls that arrive while a statement is in flight are batched in the next one. */
export class Publisher {
  readonly #context: PublisherContext;
  readonly #batcher: Batcher<Call, CallResult>;
  /** Calls that may have to wait for other transactions: one at a time, so that they use one connection. */
  readonly #singleCalls: Batcher<Call, CallResult>;
  /** Calls that did wait, and are retried until their timeout. */
  readonly #blockedCalls: Batcher<Call, CallResult>;
  /** For each idempotency key of blocked calls the number of calls. */
  readonly #blockedIds = new Map<string, number>();
  readonly #quotas = new QuotaCache();
  readonly #accountRules: AccountRulesCache;

  constructor(context: PublisherContext) {
    this.#context = context;
    this.#accountRules = new AccountRulesCache(context.database.schema);
    const { name, statementTimeoutMs } = context.database;
    const batcherOptions = { queueTimeoutMs: statementTimeoutMs, name };
    // Single calls put nothing into the process's memory: that would require the mutex.
    const createSingleRunner =
      (lockTimeoutMs: number) =>
      ([call = []]: readonly Call[]): Promise<readonly CallResult[]> =>
        this.#execute(call, null, lockTimeoutMs).then((result) => [result]);
    this.#batcher = new Batcher({
      ...batcherOptions,
      maxBatchSize: MAX_CALLS_PER_STATEMENT,
      runBatch: (calls) => this.#publishBatch(calls),
    });
    this.#singleCalls = new Batcher({
      ...batcherOptions,
      maxBatchSize: 1,
      runBatch: createSingleRunner(LOCK_TIMEOUT_ALONE_MS),
    });
    this.#blockedCalls = new Batcher({
      ...batcherOptions,
      maxBatchSize: 1,
      runBatch: createSingleRunner(LOCK_TIMEOUT_MS),
    });
  }

  async publish(events: Call): Promise<CallResult> {
    return events.length === 0 ? [] : this.#batcher.add(events);
  }

  /** Publishes as part of a transaction of the application. */
  async publishInTransaction(tx: unknown, events: Call, channel: string | null): Promise<CallResult> {
    assertTransaction(tx);
    const { database, clock, maxPending } = this.#context;
    const { name, schema, statementTimeoutMs: waitMs } = database;
    try {
      await database.ensureMigrated();
      if (clock.isStale) await clock.sync(tx);
      const accounts = await this.#getAccountBatch(events, tx);
      const caller = { now: clock.now(), member: null, waitMs };
      const settings = { schema, accountRules: this.#accountRules, maxPending };
      const outcome = await callPublish(tx, settings, caller, events, accounts);
      if (channel !== null) await tx.query("select pg_notify($1, '')", [channel]);
      return this.#toCallResult(events, outcome, accounts);
    } catch (error) {
      throw toHeronError(error, name);
    }
  }

  async #publishBatch(calls: readonly Call[]): Promise<readonly (CallResult | Promise<CallResult>)[]> {
    try {
      return await this.#publishPartitioned(calls, (call) => this.#isBlocked(call));
    } catch (error) {
      if (isLockTimeout(error))
        return this.#publishPartitioned(calls, (call) => getIdempotencyKeys(call).length > 0);
      if (calls.length === 1 || !isCallerError(error)) throw error;
      return this.#publishPartitioned(calls, () => true);
    }
  }

  /** Publishes the calls in one statement, except for single calls, which run alone and do not delay the others. */
  async #publishPartitioned(
    calls: readonly Call[],
    isSingle: (call: Call) => boolean,
  ): Promise<readonly (CallResult | Promise<CallResult>)[]> {
    const singleCalls = new Set(calls.filter(isSingle));
    const batchedEvents = calls.filter((call) => !singleCalls.has(call)).flat();
    const published =
      batchedEvents.length === 0
        ? []
        : await this.#context.mutex.run(() => this.#execute(batchedEvents, this.#context.member()));
    let offset = 0;
    return calls.map((call) => {
      if (singleCalls.has(call)) return this.#publishSingle(call);
      offset += call.length;
      return published.slice(offset - call.length, offset);
    });
  }

  async #publishSingle(call: Call): Promise<CallResult> {
    const deadline = performance.now() + this.#context.database.statementTimeoutMs;
    if (!this.#isBlocked(call))
      try {
        return await this.#singleCalls.add(call);
      } catch (error) {
        if (!isLockTimeout(error)) throw error;
      }
    return this.#retryBlocked(call, deadline);
  }

  /** Waits for as long as a statement may take, since the other transaction may come to nothing. */
  async #retryBlocked(call: Call, deadline: number): Promise<CallResult> {
    this.#trackBlocked(call, 1);
    try {
      for (;;)
        try {
          return await this.#blockedCalls.add(call, Math.max(1, deadline - performance.now()));
        } catch (error) {
          if (!isLockTimeout(error) || performance.now() > deadline) throw error;
        }
    } finally {
      this.#trackBlocked(call, -1);
    }
  }

  /** What is known to be held up is not tried with others. */
  #isBlocked(call: Call): boolean {
    return this.#blockedIds.size > 0 && getIdempotencyKeys(call).some((id) => this.#blockedIds.has(id));
  }

  #trackBlocked(call: Call, delta: number): void {
    for (const id of getIdempotencyKeys(call)) {
      const count = (this.#blockedIds.get(id) ?? 0) + delta;
      if (count > 0) this.#blockedIds.set(id, count);
      else this.#blockedIds.delete(id);
    }
  }

  async #execute(
    events: Call,
    member: ProcessMember | null,
    lockTimeoutMs: number = LOCK_TIMEOUT_MS,
  ): Promise<CallResult> {
    const { database, clock, maxPending, notify } = this.#context;
    const accounts = await this.#getAccountBatch(events);
    try {
      return await database.run(async (client) => {
        if (clock.isStale) await clock.sync(client);
        const now = clock.now();
        const waitMs = events.some(({ idempotent }) => idempotent) ? lockTimeoutMs : null;
        const caller = { now, member, waitMs };
        const settings = { schema: database.schema, accountRules: this.#accountRules, maxPending };
        const outcome = await callPublish(client, settings, caller, events, accounts);
        const { row, prepared } = outcome;
        if (row.placements?.includes(OTHER_OWNER)) notify();
        if (member !== null && row.isMember) await member.enqueue(client, prepared.events, row, now);
        return this.#toCallResult(events, outcome, accounts);
      });
    } catch (error) {
      if (!isLockTimeout(error)) member?.markUncertain();
      throw error;
    }
  }

  /** Inserts new accounts outside of any transaction: otherwise others would wait for its end. */
  async #getAccountBatch(events: Call, tx?: SqlClient): Promise<AccountBatch> {
    const keys = new Set(events.map(({ account }) => account));
    const accountIds = await this.#context.ids.getAccountIds(keys, tx);
    return {
      keys: [...keys],
      accountIds,
      needsCount: accountIds.map((account) => !this.#quotas.hasHeadroom(account)),
    };
  }

  /** For the input events only, without those derived by labels. */
  #toCallResult(
    events: Call,
    { row: { states, deliveryCounts, capacities }, prepared }: PublishCallResult,
    { accountIds }: AccountBatch,
  ): CallResult {
    const deliveryCount = deliveryCounts.reduce((sum, count) => sum + count, 0);
    for (const [i, account] of accountIds.entries())
      this.#quotas.update(account, capacities[i] ?? null, deliveryCount);
    return events.map(({ id }, eventIndex) => {
      const i = prepared.indexByInput[eventIndex];
      if (typeof i !== "number") return { id, error: i as HeronError };
      const count = deliveryCounts[i] as number;
      if (states[i] === OVER_QUOTA)
        return { id, error: createPendingLimitError(count, this.#context.maxPending) };
      return { id, deliveryCount: count, duplicate: states[i] === DUPLICATE };
    });
  }
}

/** The ids that callers chose, each with its account. */
function getIdempotencyKeys(call: Call): readonly string[] {
  return call.flatMap(({ idempotent, account, id }) => (idempotent ? [`${account}\n${id}`] : []));
}

/** @throws HeronError `tx_unsupported` */
function assertTransaction(tx: unknown): asserts tx is SqlClient {
  if (typeof tx !== "object" || tx === null || !("query" in tx) || typeof tx.query !== "function")
    throw new HeronError(
      "tx_unsupported",
      "tx must be a client of pg in a transaction, or an object with a method query(text, values) that resolves to { rows }.",
    );
  // A pool runs each statement on any connection, outside of a transaction.
  if ("totalCount" in tx && "connect" in tx)
    throw new HeronError(
      "tx_unsupported",
      "tx is a pool, which has no transaction. Get a client with await pool.connect(), run begin on it, and pass the client.",
    );
}
