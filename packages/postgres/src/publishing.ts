import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published } from "@heron-webhooks/sender";
import { subscribedPatterns, tooManyPending } from "@heron-webhooks/sender/store";
import type { Database, Queryable } from "./database.ts";
import { Gathered } from "./gathered.ts";
import type { Names } from "./names.ts";
import { DUPLICATE, ELSEWHERE, REFUSED } from "./schema/publishing.ts";
import type { Serial } from "./serial.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Worker } from "./worker/worker.ts";

/** So many calls, each of one event or of what was emitted in one turn of the loop, make one statement. */
const MOST_CALLS = 64;
/**
 * For so long, in milliseconds, it is believed that an account has room, if it had for so many more: to count what is
 * pending at each event would cost more than the rest of it, and others may publish for it meanwhile.
 */
const BELIEVED = 1000;
const AMPLE = 100_000;
const MOST_ROOMS = 10_000;
/** About so much an event takes beside its body. */
const EVENT_BYTES = 200;

interface Room {
  readonly left: number;
  readonly at: number;
}

export interface PublishingContext {
  readonly database: Database;
  readonly names: Names;
  readonly clock: ServerClock;
  readonly serial: Serial;
  readonly maxPending: number;
  /** This process's worker, if it has one. */
  readonly worker: () => Worker | null;
  /** Something was published that others must know of. */
  readonly tell: () => void;
}

/** Puts events down: what comes while a statement is under way goes together in the next. */
export class Publishing {
  readonly #context: PublishingContext;
  readonly #gathered: Gathered<readonly NewEvent[], readonly Published[]>;
  /** How many deliveries more accounts may have pending, as far as is known. */
  readonly #rooms = new Map<number, Room>();

  constructor(context: PublishingContext) {
    this.#context = context;
    const { name, timeoutMs } = context.database;
    this.#gathered = new Gathered({
      most: MOST_CALLS,
      patienceMs: timeoutMs,
      name,
      work: (calls) => this.#publishAll(calls),
    });
  }

  async #publishAll(calls: readonly (readonly NewEvent[])[]): Promise<readonly (readonly Published[])[]> {
    const published = await this.#context.serial.run(() => this.#publish(calls.flat()));
    let from = 0;
    return calls.map((events) => {
      const own = published.slice(from, from + events.length);
      from += events.length;
      return own;
    });
  }

  async publish(events: readonly NewEvent[]): Promise<readonly Published[]> {
    return events.length === 0 ? [] : this.#gathered.add(events);
  }

  /** As a part of a transaction of the application's, which nobody else sees before its end. */
  async publishWithin(
    tx: unknown,
    events: readonly NewEvent[],
    channel: string | null,
  ): Promise<readonly Published[]> {
    if (!isQueryable(tx))
      throw new HeronError(
        "tx_unsupported",
        "tx must be a client of pg in a transaction, or have its method query(text, values) that resolves to { rows }.",
      );
    const { database, clock } = this.#context;
    await database.prepare();
    if (clock.isStale) await database.run((client) => clock.ask(client));
    const { numbers, counted } = await this.#accountsOf(events);
    const row = await this.#ask(tx, null, this.#valuesOf(events, numbers, counted), clock.now());
    if (channel !== null) await tx.query("select pg_notify($1, '')", [channel]);
    return this.#publishedOf(events, numbers, row);
  }

  async #publish(events: readonly NewEvent[]): Promise<readonly Published[]> {
    const { database, clock, tell } = this.#context;
    const worker = this.#context.worker();
    const { numbers, counted } = await this.#accountsOf(events);
    const values = this.#valuesOf(events, numbers, counted);
    try {
      return await database.run(async (client) => {
        if (clock.isStale) await clock.ask(client);
        const at = clock.now();
        const row = await this.#ask(client, worker, values, at);
        if (row.births?.includes(ELSEWHERE)) tell();
        if (worker !== null && row.alive) await worker.bear(client, events, row, at);
        return this.#publishedOf(events, numbers, row);
      });
    } catch (error) {
      worker?.doubt();
      throw error;
    }
  }

  async #ask(
    client: Queryable,
    worker: Worker | null,
    values: readonly unknown[],
    now: number,
  ): Promise<PublishedRow> {
    const { count, full } = worker?.room ?? { count: 0, full: [] };
    const all = [now, worker?.id ?? null, count, full, ...values];
    const text = `select * from ${this.#context.database.schema}.publish(${all.map((_, i) => `$${i + 1}`).join(",")})`;
    const { rows } = await client.query(text, all);
    return rows[0] as PublishedRow;
  }

  /** Outside of any transaction: an account that is new would keep others waiting for its end. */
  async #accountsOf(
    events: readonly NewEvent[],
  ): Promise<{ readonly numbers: readonly number[]; readonly counted: readonly boolean[] }> {
    const numbers = await this.#context.names.accounts(new Set(events.map(({ account }) => account)));
    return { numbers, counted: numbers.map((account) => !this.#hasRoom(account)) };
  }

  #valuesOf(
    events: readonly NewEvent[],
    numbers: readonly number[],
    counted: readonly boolean[],
  ): readonly unknown[] {
    const accounts = [...new Set(events.map(({ account }) => account))];
    return valuesOf(events, accounts, numbers, counted, this.#context.maxPending);
  }

  #publishedOf(
    events: readonly NewEvent[],
    numbers: readonly number[],
    { states, made, rooms }: PublishedRow,
  ): readonly Published[] {
    for (const [i, account] of numbers.entries()) this.#learn(account, rooms[i] ?? null, sum(made));
    return events.map(({ id }, i) => {
      const count = made[i] as number;
      if (states[i] === REFUSED) return { id, refused: tooManyPending(count, this.#context.maxPending) };
      return { id, deliveries: count, duplicate: states[i] === DUPLICATE };
    });
  }

  #hasRoom(account: number): boolean {
    const room = this.#rooms.get(account);
    return room !== undefined && room.left >= AMPLE && performance.now() - room.at < BELIEVED;
  }

  /** What is left, if it was counted; else what was made, of whichever account, is taken from it. */
  #learn(account: number, left: number | null, made: number): void {
    const room = this.#rooms.get(account);
    if (left !== null) this.#rooms.set(account, { left, at: performance.now() });
    else if (room !== undefined) this.#rooms.set(account, { ...room, left: room.left - made });
    if (this.#rooms.size > MOST_ROOMS) this.#rooms.clear();
  }
}

/** What the function `publish` says. */
export interface PublishedRow {
  /** Of each event what became of it, and how many deliveries it has. */
  readonly states: readonly number[];
  readonly made: readonly number[];
  /** Of each account how many more it may have pending, where it was counted. */
  readonly rooms: readonly (number | null)[];
  /** Of each delivery its number, its webhook's, and where it is; null if there are none. */
  readonly ids: readonly number[];
  readonly webhooks: readonly number[] | null;
  readonly births: readonly number[] | null;
  /** Of each event its user's properties as they were copied; null if nothing is for the memory. */
  readonly properties: readonly (string | null)[] | null;
  /** The worker has not been buried. */
  readonly alive: boolean;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function isQueryable(tx: unknown): tx is Queryable {
  return typeof tx === "object" && tx !== null && "query" in tx && typeof tx.query === "function";
}

/** What the function `publish` takes. */
function valuesOf(
  events: readonly NewEvent[],
  accounts: readonly string[],
  numbers: readonly number[],
  counted: readonly boolean[],
  maxPending: number,
): unknown[] {
  const places = new Map(accounts.map((account, i) => [account, i]));
  const pairs = new Map<string, number>();
  const pairAccounts: number[] = [];
  const patterns: string[] = [];
  const twins = new Map<string, number>();
  const twinOf: number[] = [];
  const pairOf = events.map(({ account, id, topic, idempotent }, i) => {
    const same = idempotent ? `${account}\n${id}` : null;
    twinOf.push(same === null ? 0 : (twins.get(same) ?? 0));
    if (same !== null) twins.set(same, i + 1);
    const key = `${topic}\n${account}`;
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = patterns.push(subscribedPatterns(topic).join(" "));
      pairAccounts.push(numbers[places.get(account) as number] as number);
      pairs.set(key, pair);
    }
    return pair;
  });
  return [
    events.map(({ id }) => id),
    events.map(({ idempotent }) => idempotent),
    twinOf,
    events.map(({ topic }) => topic),
    events.map(({ body }) => body),
    events.map(({ user }) => user),
    events.map(({ webhook }) => webhook),
    events.map(({ traceparent }) => traceparent ?? null),
    events.map(({ account }) => (places.get(account) as number) + 1),
    numbers,
    counted,
    pairOf,
    pairAccounts,
    patterns,
    maxPending,
    events.reduce((bytes, { body }) => bytes + EVENT_BYTES + body.length, 0),
  ];
}
