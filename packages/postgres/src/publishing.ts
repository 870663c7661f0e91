import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published } from "@heron-webhooks/sender";
import { subscribedPatterns, tooManyPending } from "@heron-webhooks/sender/store";
import type { Database, Queryable } from "./database.ts";
import { Gathered } from "./gathered.ts";
import type { Names } from "./names.ts";
import { DUPLICATE, REFUSED } from "./schema/publishing.ts";

/** So many calls, each of one event or of what was emitted in one turn of the loop, make one statement. */
const MOST_CALLS = 64;
/**
 * For so long, in milliseconds, it is believed that an account has room, if it had for so many more: to count what is
 * pending at each event would cost more than the rest of it, and others may publish for it meanwhile.
 */
const BELIEVED = 1000;
const AMPLE = 100_000;
const MOST_ROOMS = 10_000;

interface Room {
  readonly left: number;
  readonly at: number;
}

/** Puts events down: what comes while a statement is under way goes together in the next. */
export class Publishing {
  readonly #database: Database;
  readonly #names: Names;
  readonly #maxPending: number;
  readonly #gathered: Gathered<readonly NewEvent[], readonly Published[]>;
  /** How many deliveries more accounts may have pending, as far as is known. */
  readonly #rooms = new Map<number, Room>();

  constructor(database: Database, names: Names, maxPending: number) {
    this.#database = database;
    this.#names = names;
    this.#maxPending = maxPending;
    this.#gathered = new Gathered<readonly NewEvent[], readonly Published[]>(MOST_CALLS, async (calls) => {
      const published = await this.#publish(calls.flat());
      let from = 0;
      return calls.map((events) => {
        const own = published.slice(from, from + events.length);
        from += events.length;
        return own;
      });
    });
  }

  async publish(events: readonly NewEvent[]): Promise<readonly Published[]> {
    return events.length === 0 ? [] : this.#gathered.add(events);
  }

  /** As a part of a transaction of the application's. */
  async publishWithin(tx: unknown, events: readonly NewEvent[]): Promise<readonly Published[]> {
    if (!isQueryable(tx))
      throw new HeronError(
        "tx_unsupported",
        "tx must be a client of pg in a transaction, or have its method query(text, values) that resolves to { rows }.",
      );
    await this.#database.prepare();
    return this.#publish(events, tx);
  }

  async #publish(events: readonly NewEvent[], tx?: Queryable): Promise<readonly Published[]> {
    const accounts = [...new Set(events.map(({ account }) => account))];
    // Outside of the caller's transaction: one that is new would keep others waiting for its end.
    const numbers = await this.#names.accounts(new Set(accounts));
    const values = valuesOf(
      events,
      accounts,
      numbers,
      numbers.map((account) => !this.#hasRoom(account)),
      this.#maxPending,
    );
    const text = `select states, made, rooms from ${this.#database.schema}.publish($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`;
    const [row] =
      tx === undefined
        ? await this.#database.query<PublishRow>(text, values)
        : ((await tx.query(text, values)).rows as readonly PublishRow[]);
    const { states, made, rooms } = row as PublishRow;
    for (const [i, account] of numbers.entries()) this.#learn(account, rooms[i] ?? null, sum(made));
    return events.map(({ id }, i) => {
      const count = made[i] as number;
      if (states[i] === REFUSED) return { id, refused: tooManyPending(count, this.#maxPending) };
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

interface PublishRow {
  readonly states: readonly number[];
  readonly made: readonly number[];
  readonly rooms: readonly (number | null)[];
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
  ];
}
