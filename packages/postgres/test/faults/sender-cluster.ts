import { randomBytes } from "node:crypto";
import { selectCount } from "@heron-webhooks/conformance/runs";
import { escapeIdentifier, Pool } from "pg";
import type { PostgresStoreOptions } from "../../src/index.ts";
import type { EmitOptions } from "./protocol.ts";
import { findMissing, type RunSummary, summarize } from "./run-summary.ts";
import { type ProcessOptions, SenderProcess } from "./sender-process.ts";
import { getTableSummary, type TableSummary } from "./table-summary.ts";
import { TestReceiver } from "./test-receiver.ts";
import { waitFor } from "./wait-for.ts";

export const LEASE_MS = 2000;
export const EMIT_INTERVAL_MS: number = selectCount(50, 25);
/** For a busy machine. */
export const SLACK_MS = 15_000;
const ACCOUNTS = ["ann", "bob", "cid"];
const TOPICS = ["order.paid", "order.sent", "order.lost", "order.kept"];
/** The events of these tests: each is for one webhook. */
export const ALL_TOPICS: EmitOptions = { accounts: ACCOUNTS, topics: TOPICS };

export interface ClusterOptions extends Omit<ProcessOptions, "store"> {
  /** The number of processes. Default 4. */
  readonly count?: number;
  readonly store?: PostgresStoreOptions;
  /** Whether to create the webhooks of {@link ALL_TOPICS}. Default true. */
  readonly webhooks?: boolean;
  /** Whether the processes deliver. Default true. */
  readonly isStarted?: boolean;
}

/** Processes that share a database, and their receiver. */
export class SenderCluster implements AsyncDisposable {
  readonly schema: string = `crew_${randomBytes(5).toString("hex")}`;
  readonly inbox: TestReceiver;
  readonly processes: SenderProcess[] = [];
  /** For the statements of tests. */
  readonly pool: Pool;
  readonly #url: string;
  readonly #options: ClusterOptions;
  /** Deliveries that were in flight in processes that were killed. */
  readonly #inFlight: string[] = [];
  readonly #ended: SenderProcess[] = [];

  private constructor(url: string, inbox: TestReceiver, options: ClusterOptions) {
    this.#url = url;
    this.inbox = inbox;
    this.#options = options;
    this.pool = new Pool({ connectionString: url, max: 2 });
    this.pool.on("error", () => {});
  }

  static async open(url: string, options: ClusterOptions = {}): Promise<SenderCluster> {
    const cluster = new SenderCluster(url, await TestReceiver.open(), options);
    const { count = 4, webhooks = true, isStarted = true } = options;
    await Promise.all(Array.from({ length: count }, () => cluster.join()));
    if (webhooks)
      for (const account of ACCOUNTS)
        for (const topic of TOPICS)
          await cluster.anyProcess.send({
            do: "create",
            webhook: {
              account,
              topics: [topic],
              url: `${cluster.inbox.url}/${account}/${topic}`,
              concurrency: 3,
            },
          });
    if (isStarted) await Promise.all(cluster.processes.map((process) => process.send({ do: "start" })));
    if (webhooks && isStarted) await cluster.spreadWebhooks();
    return cluster;
  }

  /** Distributes the webhooks over the processes: each owns those that it publishes for first. */
  async spreadWebhooks(): Promise<void> {
    const { length } = this.processes;
    await waitFor("all are there", SLACK_MS, async () =>
      (await this.getTableSummary()).processes === length ? true : undefined,
    );
    for (const [i, process] of this.processes.entries()) {
      const topics = TOPICS.filter((_, n) => n % length === i);
      await process.send({ do: "emit", count: ACCOUNTS.length * topics.length, accounts: ACCOUNTS, topics });
    }
  }

  get anyProcess(): SenderProcess {
    const [first] = this.processes;
    if (first === undefined) throw new Error("No process is running.");
    return first;
  }

  /** Adds a process, which does not deliver yet. */
  async join(options: Partial<ProcessOptions> = {}): Promise<SenderProcess> {
    const { concurrency, store } = this.#options;
    const joined = await SenderProcess.start({
      ...(concurrency !== undefined && { concurrency }),
      ...options,
      store: {
        connectionString: this.#url,
        schema: this.schema,
        leaseDuration: LEASE_MS,
        pollInterval: 50,
        maxConnections: 3,
        ...store,
        ...options.store,
      },
    });
    this.processes.push(joined);
    return joined;
  }

  /** Kills a process. Its deliveries in flight may be delivered again. */
  async kill(process: SenderProcess): Promise<void> {
    await process.kill();
    this.#inFlight.push(...process.inFlight);
    this.#onProcessEnded(process);
  }

  async close(process: SenderProcess): Promise<void> {
    await process.close();
    this.#onProcessEnded(process);
  }

  /** Each process emits an event at this interval. */
  async startEmitting(everyMs: number): Promise<void> {
    for (const process of this.processes)
      await process.send({ do: "start-emitting", everyMs, ...ALL_TOPICS });
  }

  async stopEmitting(): Promise<void> {
    for (const process of this.processes) await process.send({ do: "stop-emitting" });
  }

  get missingEvents(): readonly string[] {
    return findMissing(this.#allProcesses, this.inbox);
  }

  get summary(): RunSummary {
    return summarize({
      inbox: this.inbox,
      running: this.processes,
      ended: this.#ended,
      inFlight: this.#inFlight,
    });
  }

  /** Waits until all events that are accepted by now have arrived. Returns how long that took, in milliseconds. */
  async waitForEvents(withinMs: number = SLACK_MS): Promise<number> {
    const startedAt = performance.now();
    const { events } = this.inbox;
    let missing = this.missingEvents;
    await waitFor(`${missing.length} missing events have arrived`, withinMs, () => {
      missing = missing.filter((id) => !events.has(id));
      return missing.length === 0 ? true : undefined;
    });
    return performance.now() - startedAt;
  }

  /** Waits until so many more deliveries are completed. */
  async waitForCompletions(count: number, withinMs: number = SLACK_MS): Promise<void> {
    const target = this.#completedCount + count;
    await waitFor(`${count} more are completed`, withinMs, () =>
      this.#completedCount >= target ? true : undefined,
    );
  }

  /** Waits until no process has attempts in flight. */
  async waitUntilIdle(withinMs: number): Promise<void> {
    await this.stopEmitting();
    await waitFor("no process has attempts in flight", withinMs, () =>
      this.processes.every(({ inFlight }) => inFlight.size === 0) ? true : undefined,
    );
  }

  get rejectedCount(): number {
    return this.#allProcesses.reduce((sum, { rejected }) => sum + rejected.length, 0);
  }

  getTableSummary(): Promise<TableSummary> {
    return getTableSummary(this.pool, this.schema);
  }

  /** Waits until no delivery is pending and no row belongs to an ended process. */
  async waitForCleanTables(withinMs: number = LEASE_MS + SLACK_MS): Promise<void> {
    let tables: TableSummary | undefined;
    const expected: TableSummary = {
      pending: 0,
      processes: this.processes.length,
      wrongCounters: 0,
      orphans: 0,
    };
    await waitFor("the tables are clean", withinMs, async () => {
      tables = await this.getTableSummary().catch(() => undefined);
      return JSON.stringify(tables) === JSON.stringify(expected) ? true : undefined;
    }).catch((error: Error) => {
      throw new Error(
        `${error.message} Found ${JSON.stringify(tables)} instead of ${JSON.stringify(expected)}.`,
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill()));
    await this.pool.query(`drop schema if exists ${escapeIdentifier(this.schema)} cascade`).catch(() => {});
    await this.pool.end();
    await this.inbox[Symbol.asyncDispose]();
  }

  get #completedCount(): number {
    return this.#allProcesses.reduce((sum, { completed }) => sum + completed, 0);
  }

  get #allProcesses(): readonly SenderProcess[] {
    return [...this.processes, ...this.#ended];
  }

  #onProcessEnded(process: SenderProcess): void {
    this.processes.splice(this.processes.indexOf(process), 1);
    this.#ended.push(process);
  }
}
