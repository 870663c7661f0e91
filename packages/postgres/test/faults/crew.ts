import { randomBytes } from "node:crypto";
import { rounds } from "@heron-webhooks/conformance/runs";
import { escapeIdentifier, Pool } from "pg";
import type { PostgresStoreOptions } from "../../src/index.ts";
import { type Books, booksOf } from "./books.ts";
import { Inbox } from "./inbox.ts";
import type { Emitting } from "./protocol.ts";
import { type ProcessOptions, SenderProcess } from "./sender-process.ts";
import { until } from "./until.ts";
import { missingOf, type Verdict, verdictOf } from "./verdict.ts";

export const LEASE = 2000;
/** How often each of them emits, in milliseconds. */
export const EVERY: number = rounds(50, 25);
/** For what a machine with other work makes of it. */
export const SLACK = 15_000;
const ACCOUNTS = ["ann", "bob", "cid"];
const TOPICS = ["order.paid", "order.sent", "order.lost", "order.kept"];
/** Of everything that these tests emit: each event is for one webhook. */
export const EVERYTHING: Emitting = { accounts: ACCOUNTS, topics: TOPICS };

export interface CrewOptions extends Omit<ProcessOptions, "store"> {
  /** How many processes. Default 4. */
  readonly count?: number;
  readonly store?: PostgresStoreOptions;
  /** Whether the webhooks of {@link EVERYTHING} are made. Default true. */
  readonly webhooks?: boolean;
  /** Whether they are to deliver. Default true. */
  readonly isStarted?: boolean;
}

/** Processes that share a database, and a receiver for what they send. */
export class Crew implements AsyncDisposable {
  readonly schema: string = `crew_${randomBytes(5).toString("hex")}`;
  readonly inbox: Inbox;
  readonly processes: SenderProcess[] = [];
  /** For the tests' own statements. */
  readonly pool: Pool;
  readonly #url: string;
  readonly #options: CrewOptions;
  /** What had been under way in processes that were killed. */
  readonly #inFlight: string[] = [];
  readonly #gone: SenderProcess[] = [];

  private constructor(url: string, inbox: Inbox, options: CrewOptions) {
    this.#url = url;
    this.inbox = inbox;
    this.#options = options;
    this.pool = new Pool({ connectionString: url, max: 2 });
    this.pool.on("error", () => {});
  }

  static async open(url: string, options: CrewOptions = {}): Promise<Crew> {
    const crew = new Crew(url, await Inbox.open(), options);
    const { count = 4, webhooks = true, isStarted = true } = options;
    await Promise.all(Array.from({ length: count }, () => crew.join()));
    if (webhooks)
      for (const account of ACCOUNTS)
        for (const topic of TOPICS)
          await crew.one.ask({
            do: "create",
            webhook: {
              account,
              topics: [topic],
              url: `${crew.inbox.url}/${account}/${topic}`,
              concurrency: 3,
            },
          });
    if (isStarted) await Promise.all(crew.processes.map((process) => process.ask({ do: "start" })));
    if (webhooks && isStarted) await crew.spread();
    return crew;
  }

  /** Has each of them take some of the webhooks: those that it publishes for first. */
  async spread(): Promise<void> {
    const { length } = this.processes;
    await until("all are there", SLACK, async () =>
      (await this.books()).workers === length ? true : undefined,
    );
    for (const [i, process] of this.processes.entries()) {
      const topics = TOPICS.filter((_, n) => n % length === i);
      await process.ask({ do: "emit", count: ACCOUNTS.length * topics.length, accounts: ACCOUNTS, topics });
    }
  }

  /** Any of them that is there. */
  get one(): SenderProcess {
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
        leaseMs: LEASE,
        pollMs: 50,
        max: 3,
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
    this.#inFlight.push(...process.underWay);
    this.#leaves(process);
  }

  async close(process: SenderProcess): Promise<void> {
    await process.close();
    this.#leaves(process);
  }

  /** Each emits an event now and then, until it is told to be quiet. */
  async emitting(everyMs: number): Promise<void> {
    for (const process of this.processes) await process.ask({ do: "emitting", everyMs, ...EVERYTHING });
  }

  async quiet(): Promise<void> {
    for (const process of this.processes) await process.ask({ do: "quiet" });
  }

  /** Events that were accepted and have not come. */
  get missing(): readonly string[] {
    return missingOf(this.#all, this.inbox);
  }

  get verdict(): Verdict {
    return verdictOf({
      inbox: this.inbox,
      there: this.processes,
      gone: this.#gone,
      inFlight: this.#inFlight,
    });
  }

  /** Resolves once all has come that is accepted by now, with how long that took, in milliseconds. */
  async arrived(withinMs: number = SLACK): Promise<number> {
    const began = performance.now();
    const { events } = this.inbox;
    let missing = this.missing;
    await until(`what is missing of ${missing.length} events has come`, withinMs, () => {
      missing = missing.filter((id) => !events.has(id));
      return missing.length === 0 ? true : undefined;
    });
    return performance.now() - began;
  }

  /** Resolves once so many more have been settled, by whomever. */
  async working(more: number, withinMs: number = SLACK): Promise<void> {
    const enough = this.#settled + more;
    await until(`${more} more are settled`, withinMs, () => (this.#settled >= enough ? true : undefined));
  }

  /** Resolves once nobody has anything under way, or unsettled. */
  async calm(withinMs: number): Promise<void> {
    await this.quiet();
    await until("nobody has anything to settle", withinMs, () =>
      this.processes.every(({ underWay }) => underWay.size === 0) ? true : undefined,
    );
  }

  /** How many emits were refused. */
  get refused(): number {
    return this.#all.reduce((sum, { refused }) => sum + refused.length, 0);
  }

  books(): Promise<Books> {
    return booksOf(this.pool, this.schema);
  }

  /** Resolves once the tables say that nothing is owed, and to nobody who is not there; else fails with what they say. */
  async settled(withinMs: number = LEASE + SLACK): Promise<void> {
    let books: Books | undefined;
    const right = { owed: 0, workers: this.processes.length, miscounted: 0, orphans: 0 };
    await until("the books agree", withinMs, async () => {
      books = await this.books().catch(() => undefined);
      return JSON.stringify(books) === JSON.stringify(right) ? true : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message} They say ${JSON.stringify(books)}, not ${JSON.stringify(right)}.`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill()));
    await this.pool.query(`drop schema if exists ${escapeIdentifier(this.schema)} cascade`).catch(() => {});
    await this.pool.end();
    await this.inbox[Symbol.asyncDispose]();
  }

  get #settled(): number {
    return this.#all.reduce((sum, { settled }) => sum + settled, 0);
  }

  get #all(): readonly SenderProcess[] {
    return [...this.processes, ...this.#gone];
  }

  #leaves(process: SenderProcess): void {
    this.processes.splice(this.processes.indexOf(process), 1);
    this.#gone.push(process);
  }
}
