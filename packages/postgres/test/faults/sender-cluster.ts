import { randomBytes } from "node:crypto";
import { selectCount } from "@heron-webhooks/conformance/runs";
import { escapeIdentifier, Pool } from "pg";
import type { PostgresStoreOptions } from "../../src/index.ts";
import { type TableSummary, getTableSummary } from "./table-summary.ts";
import { TestReceiver } from "./test-receiver.ts";
import type { EmitOptions } from "./protocol.ts";
import { type ProcessOptions, SenderProcess } from "./sender-process.ts";
import { waitFor } from "./wait-for.ts";
import { findMissing, type RunSummary, summarize } from "./run-summary.ts";

export const LEASE_MS = 2000;
/** How often each of them emits, in milliseconds. */
export const EMIT_INTERVAL_MS: number = selectCount(50, 25);
/** For what a machine with other work makes of it. */
export const SLACK_MS = 15_000;
const ACCOUNTS = ["ann", "bob", "cid"];
const TOPICS = ["order.paid", "order.sent", "order.lost", "order.kept"];
/** Of everything that these tests emit: each event is for one webhook. */
export const ALL_TOPICS: EmitOptions = { accounts: ACCOUNTS, topics: TOPICS };

export interface ClusterOptions extends Omit<ProcessOptions, "store"> {
  /** How many processes. Default 4. */
  readonly count?: number;
  readonly store?: PostgresStoreOptions;
  /** Whether the webhooks of {@link ALL_TOPICS} are made. Default true. */
  readonly webhooks?: boolean;
  /** Whether they are to deliver. Default true. */
  readonly isStarted?: boolean;
}

/** Processes that share a database, and a receiver for what they send. */
export class SenderCluster implements AsyncDisposable {
  readonly schema: string = `crew_${randomBytes(5).toString("hex")}`;
  readonly inbox: TestReceiver;
  readonly processes: SenderProcess[] = [];
  /** For the tests' own statements. */
  readonly pool: Pool;
  readonly #url: string;
  readonly #options: ClusterOptions;
  /** What had been under way in processes that were killed. */
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
    const crew = new SenderCluster(url, await TestReceiver.open(), options);
    const { count = 4, webhooks = true, isStarted = true } = options;
    await Promise.all(Array.from({ length: count }, () => crew.join()));
    if (webhooks)
      for (const account of ACCOUNTS)
        for (const topic of TOPICS)
          await crew.anyProcess.send({
            do: "create",
            webhook: {
              account,
              topics: [topic],
              url: `${crew.inbox.url}/${account}/${topic}`,
              concurrency: 3,
            },
          });
    if (isStarted) await Promise.all(crew.processes.map((process) => process.send({ do: "start" })));
    if (webhooks && isStarted) await crew.spreadWebhooks();
    return crew;
  }

  /** Has each of them take some of the webhooks: those that it publishes for first. */
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

  /** Any of them that is there. */
  get anyProcess(): SenderProcess {
    const [first] = this.processes;
    if (first === undefined) throw new Error("Nobody is there.");
    return first;
  }

  /** One more, which is not started yet. */
  async join(options: Partial<ProcessOptions> = {}): Promise<SenderProcess> {
    const { slots, store } = this.#options;
    const joined = await SenderProcess.start({
      ...(slots !== undefined && { slots }),
      ...options,
      store: {
        connectionString: this.#url,
        schema: this.schema,
        leaseMs: LEASE_MS,
        pollMs: 50,
        maxConnections: 3,
        ...store,
        ...options.store,
      },
    });
    this.processes.push(joined);
    return joined;
  }

  /** One is killed, and may have been about to write down what it had under way. */
  async kill(process: SenderProcess): Promise<void> {
    await process.kill();
    this.#inFlight.push(...process.inFlight);
    this.#onProcessEnded(process);
  }

  async close(process: SenderProcess): Promise<void> {
    await process.close();
    this.#onProcessEnded(process);
  }

  /** Each emits an event now and then, until it is told to be quiet. */
  async startEmitting(everyMs: number): Promise<void> {
    for (const process of this.processes) await process.send({ do: "emitting", everyMs, ...ALL_TOPICS });
  }

  async stopEmitting(): Promise<void> {
    for (const process of this.processes) await process.send({ do: "quiet" });
  }

  /** Events that were accepted and have not come. */
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

  /** Resolves once all has come that is accepted by now, with how long that took, in milliseconds. */
  async waitForEvents(withinMs: number = SLACK_MS): Promise<number> {
    const began = performance.now();
    const { events } = this.inbox;
    let missing = this.missingEvents;
    await waitFor(`what is missing of ${missing.length} events has come`, withinMs, () => {
      missing = missing.filter((id) => !events.has(id));
      return missing.length === 0 ? true : undefined;
    });
    return performance.now() - began;
  }

  /** Resolves once so many more have been settled, by whomever. */
  async waitForCompletions(count: number, withinMs: number = SLACK_MS): Promise<void> {
    const target = this.#completedCount + count;
    await waitFor(`${count} more are settled`, withinMs, () => (this.#completedCount >= target ? true : undefined));
  }

  /** Resolves once nobody has anything under way, or unsettled. */
  async waitUntilIdle(withinMs: number): Promise<void> {
    await this.stopEmitting();
    await waitFor("nobody has anything to settle", withinMs, () =>
      this.processes.every(({ inFlight }) => inFlight.size === 0) ? true : undefined,
    );
  }

  /** How many emits were refused. */
  get rejectedCount(): number {
    return this.#allProcesses.reduce((sum, { rejected }) => sum + rejected.length, 0);
  }

  getTableSummary(): Promise<TableSummary> {
    return getTableSummary(this.pool, this.schema);
  }

  /** Resolves once the tables say that nothing is owed, and to nobody who is not there; else fails with what they say. */
  async waitForCleanTables(withinMs: number = LEASE_MS + SLACK_MS): Promise<void> {
    let tables: TableSummary | undefined;
    const expected = { owed: 0, workers: this.processes.length, miscounted: 0, orphans: 0 };
    await waitFor("the books agree", withinMs, async () => {
      tables = await this.getTableSummary().catch(() => undefined);
      return JSON.stringify(tables) === JSON.stringify(expected) ? true : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message} They say ${JSON.stringify(tables)}, not ${JSON.stringify(expected)}.`);
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
