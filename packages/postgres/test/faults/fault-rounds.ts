import { setTimeout as after } from "node:timers/promises";
import { PostgresCluster, type StopMode } from "@heron-webhooks/conformance/postgres";
import type { RunSummary } from "./run-summary.ts";
import { ALL_TOPICS, LEASE_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";
import type { SenderProcess } from "./sender-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";

const FAULTS = ["kill", "stop", "terminate", "restart", "partition"] as const;
export type Fault = (typeof FAULTS)[number];

export interface RoundsResult extends RunSummary {
  /** How many rounds had each fault. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** The time of each round until all accepted events had arrived, in milliseconds. */
  readonly recoveries: readonly number[];
  readonly rejected: number;
  readonly errors: readonly string[];
}

const PROCESS_COUNT = 4;
const EMIT_INTERVAL_MS = 25;
const STATEMENT_TIMEOUT_MS = 1000;
const CHECK_INTERVAL_ROUNDS = 10;
/** A sender waits for up to half a minute before it retries to complete deliveries. */
const MAX_PAUSE_MS = 40_000;
const STOP_MODES: readonly StopMode[] = ["fast", "immediate", "kill"];
const PARTITIONS: readonly ((proxy: TcpProxy) => void | Promise<void>)[] = [
  (proxy) => proxy.block(),
  (proxy) => proxy.block("toServer"),
  (proxy) => proxy.block("toClient"),
  (proxy) => proxy.refuse(),
  (proxy) => proxy.blackhole(),
  (proxy) => proxy.closeAll(),
];

/** Runs processes that emit and deliver during random faults of processes, server and network. */
export async function runFaultRounds(rounds: number, random: () => number): Promise<RoundsResult> {
  const cluster = await PostgresCluster.start();
  try {
    await using senders = await SenderCluster.open(cluster.url, { count: 1, isStarted: false });
    await using runner = new FaultRunner(cluster, senders, random);
    const [first] = senders.processes;
    for (let n = 0; n < PROCESS_COUNT; n++) await runner.join();
    if (first !== undefined) await senders.close(first);
    for (let round = 0; round < rounds; round++) await runner.runRound(round);
    return await runner.end();
  } finally {
    await cluster.end();
  }
}

class FaultRunner implements AsyncDisposable {
  readonly #cluster: PostgresCluster;
  readonly #senders: SenderCluster;
  readonly #random: () => number;
  readonly #proxies = new Map<SenderProcess, TcpProxy>();
  readonly #faults: Record<Fault, number> = { kill: 0, stop: 0, terminate: 0, restart: 0, partition: 0 };
  readonly #recoveries: number[] = [];
  readonly #errors: string[] = [];
  /** Each fault occurs once before any is repeated. */
  #remainingFaults: Fault[] = [];

  constructor(cluster: PostgresCluster, senders: SenderCluster, random: () => number) {
    this.#cluster = cluster;
    this.#senders = senders;
    this.#random = random;
    senders.inbox.respond = (_, index) => after(5, index % 7 === 3 ? 503 : 200);
  }

  /** Adds a process, with its own proxy to the server. */
  async join(): Promise<void> {
    const proxy = await TcpProxy.open(this.#cluster.port);
    const url = new URL(this.#cluster.url);
    url.port = String(proxy.port);
    const joined = await this.#senders.join({
      store: { connectionString: url.href, statementTimeout: STATEMENT_TIMEOUT_MS },
    });
    this.#proxies.set(joined, proxy);
    await joined.send({ do: "start" });
    await joined.send({ do: "start-emitting", everyMs: EMIT_INTERVAL_MS, ...ALL_TOPICS });
  }

  async runRound(round: number): Promise<void> {
    if (this.#remainingFaults.length === 0) this.#remainingFaults = [...FAULTS];
    const fault = this.#pick(this.#remainingFaults);
    this.#remainingFaults = this.#remainingFaults.filter((candidate) => candidate !== fault);
    this.#faults[fault]++;
    const what = `round ${round}, ${fault}`;
    try {
      await this.#senders.waitForCompletions(5, LEASE_MS + SLACK_MS);
      await this.#injectFault(fault);
      this.#recoveries.push(await this.#senders.waitForEvents(LEASE_MS + SLACK_MS));
      if (round % CHECK_INTERVAL_ROUNDS === CHECK_INTERVAL_ROUNDS - 1)
        await this.#assertConsistent().finally(() => this.#senders.startEmitting(EMIT_INTERVAL_MS));
    } catch (error) {
      this.#errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async end(): Promise<RoundsResult> {
    try {
      await this.#assertConsistent();
      await this.#senders.waitUntilIdle(MAX_PAUSE_MS);
    } catch (error) {
      this.#errors.push(`at the end: ${error instanceof Error ? error.message : String(error)}`);
    }
    const { summary, rejectedCount } = this.#senders;
    const rounds = {
      faults: this.#faults,
      recoveries: this.#recoveries,
      rejected: rejectedCount,
      errors: this.#errors,
    };
    return { ...summary, ...rounds };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const proxy of this.#proxies.values()) await proxy[Symbol.asyncDispose]();
  }

  async #injectFault(fault: Fault): Promise<void> {
    const process = this.#pick(this.#senders.processes);
    const proxy = this.#proxies.get(process);
    if (fault === "kill") {
      await this.#senders.kill(process);
      await proxy?.[Symbol.asyncDispose]();
      this.#proxies.delete(process);
      await this.join();
    } else if (fault === "stop") {
      process.suspend();
      await this.#pause();
      process.resume();
    } else if (fault === "terminate") {
      await this.#senders.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
      );
    } else if (fault === "restart") {
      await this.#cluster.stopServer(this.#pick(STOP_MODES));
      await after(this.#random() * 500);
      await this.#cluster.startServer();
    } else if (proxy !== undefined) {
      await this.#pick(PARTITIONS)(proxy);
      await this.#pause();
      await proxy.restore();
    }
  }

  /** The tables are consistent once no process emits. */
  async #assertConsistent(): Promise<void> {
    await this.#senders.stopEmitting();
    await this.#senders.waitForEvents(LEASE_MS + SLACK_MS);
    await this.#senders.waitForCleanTables();
  }

  /** Up to twice the duration of a lease. */
  #pause(): Promise<void> {
    return after(this.#random() * 2 * LEASE_MS);
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}
