import { setTimeout as after } from "node:timers/promises";
import { Cluster, type StopMode } from "@heron-webhooks/conformance/postgres";
import { Crew, EVERYTHING, LEASE, SLACK } from "./crew.ts";
import type { SenderProcess } from "./sender-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import type { Verdict } from "./verdict.ts";

/** What a round does to one of the processes, or to the server. */
const FAULTS = ["kill", "stop", "terminate", "restart", "partition"] as const;
export type Fault = (typeof FAULTS)[number];

export interface Rounds extends Verdict {
  /** How many rounds there were of each kind. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** How long it took each time until all had come that was accepted by then, in milliseconds. */
  readonly recoveries: readonly number[];
  readonly refused: number;
  /** What went wrong, beside what is counted. */
  readonly wrong: readonly string[];
}

const COUNT = 4;
const EVERY_MS = 25;
const TIMEOUT = 1000;
/** The tables are looked at after so many rounds. */
const LOOK_EACH = 10;
/** A sender pauses for up to half a minute before it settles again what it could not. */
const LONGEST_PAUSE = 40_000;
const MODES: readonly StopMode[] = ["fast", "immediate", "kill"];
const WAYS: readonly ((proxy: TcpProxy) => void | Promise<void>)[] = [
  (proxy) => proxy.hang(),
  (proxy) => proxy.hang("toServer"),
  (proxy) => proxy.hang("toClient"),
  (proxy) => proxy.refuse(),
  (proxy) => proxy.forget(),
  (proxy) => proxy.cut(),
];

/** Processes that emit and deliver while they, their server and what is between are disturbed at random. */
export async function faultRounds(rounds: number, random: () => number): Promise<Rounds> {
  const cluster = await Cluster.start();
  try {
    await using crew = await Crew.open(cluster.url, { count: 1, isStarted: false });
    await using disturbed = new Disturbed(cluster, crew, random);
    const [first] = crew.processes;
    for (let n = 0; n < COUNT; n++) await disturbed.join();
    if (first !== undefined) await crew.close(first);
    for (let round = 0; round < rounds; round++) await disturbed.round(round);
    return await disturbed.end();
  } finally {
    await cluster.end();
  }
}

class Disturbed implements AsyncDisposable {
  readonly #cluster: Cluster;
  readonly #crew: Crew;
  readonly #random: () => number;
  readonly #proxies = new Map<SenderProcess, TcpProxy>();
  readonly #faults: Record<Fault, number> = { kill: 0, stop: 0, terminate: 0, restart: 0, partition: 0 };
  readonly #recoveries: number[] = [];
  readonly #wrong: string[] = [];
  /** Those that come next: each kind once before any comes again. */
  #next: Fault[] = [];

  constructor(cluster: Cluster, crew: Crew, random: () => number) {
    this.#cluster = cluster;
    this.#crew = crew;
    this.#random = random;
    crew.inbox.answer = (_, index) => after(5, index % 7 === 3 ? 503 : 200);
  }

  /** One more process, with a way to the server of its own. */
  async join(): Promise<void> {
    const proxy = await TcpProxy.open(this.#cluster.port);
    const url = new URL(this.#cluster.url);
    url.port = String(proxy.port);
    const joined = await this.#crew.join({ store: { connectionString: url.href, timeoutMs: TIMEOUT } });
    this.#proxies.set(joined, proxy);
    await joined.ask({ do: "start" });
    await joined.ask({ do: "emitting", everyMs: EVERY_MS, ...EVERYTHING });
  }

  async round(round: number): Promise<void> {
    if (this.#next.length === 0) this.#next = [...FAULTS];
    const fault = this.#oneOf(this.#next);
    this.#next = this.#next.filter((other) => other !== fault);
    this.#faults[fault]++;
    const what = `round ${round}, ${fault}`;
    try {
      await this.#crew.working(5, LEASE + SLACK);
      await this.#disturb(fault);
      this.#recoveries.push(await this.#crew.arrived(LEASE + SLACK));
      if (round % LOOK_EACH === LOOK_EACH - 1)
        await this.#agree().finally(() => this.#crew.emitting(EVERY_MS));
    } catch (error) {
      this.#wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async end(): Promise<Rounds> {
    try {
      await this.#agree();
      await this.#crew.calm(LONGEST_PAUSE);
    } catch (error) {
      this.#wrong.push(`at the end: ${error instanceof Error ? error.message : String(error)}`);
    }
    const { verdict, refused } = this.#crew;
    const rounds = { faults: this.#faults, recoveries: this.#recoveries, refused, wrong: this.#wrong };
    return { ...verdict, ...rounds };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const proxy of this.#proxies.values()) await proxy[Symbol.asyncDispose]();
  }

  async #disturb(fault: Fault): Promise<void> {
    const process = this.#oneOf(this.#crew.processes);
    const proxy = this.#proxies.get(process);
    if (fault === "kill") {
      await this.#crew.kill(process);
      await proxy?.[Symbol.asyncDispose]();
      this.#proxies.delete(process);
      await this.join();
    } else if (fault === "stop") {
      process.stop();
      await this.#pause();
      process.goOn();
    } else if (fault === "terminate") {
      await this.#crew.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
      );
    } else if (fault === "restart") {
      await this.#cluster.stopServer(this.#oneOf(MODES));
      await after(this.#random() * 500);
      await this.#cluster.startServer();
    } else if (proxy !== undefined) {
      await this.#oneOf(WAYS)(proxy);
      await this.#pause();
      await proxy.mend();
    }
  }

  /** The tables agree once nobody emits any more. */
  async #agree(): Promise<void> {
    await this.#crew.quiet();
    await this.#crew.arrived(LEASE + SLACK);
    await this.#crew.settled();
  }

  /** Sometimes longer than a lease, and sometimes not. */
  #pause(): Promise<void> {
    return after(this.#random() * 2 * LEASE);
  }

  #oneOf<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)] as T;
  }
}
