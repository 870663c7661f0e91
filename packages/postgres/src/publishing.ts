import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published } from "@heron-webhooks/engine";
import { tooManyPending } from "@heron-webhooks/engine";
import type { Database, Queryable } from "./database.ts";
import { failure, isHeldUp, isOfOne } from "./failure.ts";
import { Gathered } from "./gathered.ts";
import type { Names } from "./names.ts";
import { type Accounts, type Called, callPublish } from "./publish-call.ts";
import { Rooms } from "./rooms.ts";
import { Rules } from "./rules.ts";
import { DUPLICATE, ELSEWHERE, REFUSED } from "./schema/publishing.ts";
import type { Serial } from "./serial.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Worker } from "./worker/worker.ts";

/** So many calls, each of one event or of what was emitted in one turn of the loop, make one statement. */
const MOST_CALLS = 64;
/** So long, in milliseconds, others wait for a transaction that has put down an event of the same id and not ended. */
const HELD_UP = 25;
/** The same for who goes alone, and shall keep nobody waiting who goes after. */
const HELD_UP_ALONE = 2;

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

/** The events of one call, which are put down together or not at all. */
type Call = readonly NewEvent[];
type Answer = readonly Published[];

/** Puts events down: what comes while a statement is under way goes together in the next. */
export class Publishing {
  readonly #context: PublishingContext;
  readonly #gathered: Gathered<Call, Answer>;
  /** One after the other, calls that may have to wait for other transactions: so they use one connection. */
  readonly #alone: Gathered<Call, Answer>;
  /** The same for those that do, again and again until their time is over. */
  readonly #heldUp: Gathered<Call, Answer>;
  /** The ids of the events in these, and in how many calls each is. */
  readonly #heldIds = new Map<string, number>();
  readonly #rooms = new Rooms();
  readonly #rules: Rules;

  constructor(context: PublishingContext) {
    this.#context = context;
    this.#rules = new Rules(context.database.schema);
    const { name, timeoutMs } = context.database;
    const parts = { patienceMs: timeoutMs, name };
    // Nothing of what goes alone comes into the worker's memory: it would have to wait for its turn among the others.
    const one =
      (waitMs: number) =>
      ([call = []]: readonly Call[]): Promise<readonly Answer[]> =>
        this.#put(call, null, waitMs).then((answer) => [answer]);
    this.#gathered = new Gathered({ ...parts, most: MOST_CALLS, work: (calls) => this.#publishAll(calls) });
    this.#alone = new Gathered({ ...parts, most: 1, work: one(HELD_UP_ALONE) });
    this.#heldUp = new Gathered({ ...parts, most: 1, work: one(HELD_UP) });
  }

  async publish(events: Call): Promise<Answer> {
    return events.length === 0 ? [] : this.#gathered.add(events);
  }

  /** As a part of a transaction of the application's, which nobody else sees before its end. */
  async publishWithin(tx: unknown, events: Call, channel: string | null): Promise<Answer> {
    checkTransaction(tx);
    const { database, clock, maxPending } = this.#context;
    const { name, schema, timeoutMs: waitMs } = database;
    try {
      await database.prepare();
      if (clock.isStale) await clock.ask(tx);
      const accounts = await this.#accountsOf(events, tx);
      const publisher = { now: clock.now(), worker: null, waitMs };
      const terms = { schema, rules: this.#rules, maxPending };
      const called = await callPublish(tx, terms, publisher, events, accounts);
      if (channel !== null) await tx.query("select pg_notify($1, '')", [channel]);
      return this.#answer(events, called, accounts);
    } catch (error) {
      throw failure(error, name);
    }
  }

  async #publishAll(calls: readonly Call[]): Promise<readonly (Answer | Promise<Answer>)[]> {
    try {
      return await this.#publishExcept(calls, (call) => this.#isHeld(call));
    } catch (error) {
      if (isHeldUp(error)) return this.#publishExcept(calls, (call) => idsOf(call).length > 0);
      if (calls.length === 1 || !isOfOne(error)) throw error;
      return this.#publishExcept(calls, () => true);
    }
  }

  /** Together, but for some that each go alone and keep nobody waiting. */
  async #publishExcept(
    calls: readonly Call[],
    isAlone: (call: Call) => boolean,
  ): Promise<readonly (Answer | Promise<Answer>)[]> {
    const alone = new Set(calls.filter(isAlone));
    const together = calls.filter((call) => !alone.has(call)).flat();
    const published =
      together.length === 0
        ? []
        : await this.#context.serial.run(() => this.#put(together, this.#context.worker()));
    let from = 0;
    return calls.map((call) => {
      if (alone.has(call)) return this.#publishAlone(call);
      from += call.length;
      return published.slice(from - call.length, from);
    });
  }

  async #publishAlone(call: Call): Promise<Answer> {
    const until = performance.now() + this.#context.database.timeoutMs;
    if (!this.#isHeld(call))
      try {
        return await this.#alone.add(call);
      } catch (error) {
        if (!isHeldUp(error)) throw error;
      }
    return this.#holdUp(call, until);
  }

  /** Waits for as long as a statement may take, since the other transaction may come to nothing. */
  async #holdUp(call: Call, until: number): Promise<Answer> {
    this.#count(call, 1);
    try {
      for (;;)
        try {
          return await this.#heldUp.add(call, Math.max(1, until - performance.now()));
        } catch (error) {
          if (!isHeldUp(error) || performance.now() > until) throw error;
        }
    } finally {
      this.#count(call, -1);
    }
  }

  /** What is known to be held up is not tried with others. */
  #isHeld(call: Call): boolean {
    return this.#heldIds.size > 0 && idsOf(call).some((id) => this.#heldIds.has(id));
  }

  #count(call: Call, more: number): void {
    for (const id of idsOf(call)) {
      const count = (this.#heldIds.get(id) ?? 0) + more;
      if (count > 0) this.#heldIds.set(id, count);
      else this.#heldIds.delete(id);
    }
  }

  async #put(events: Call, worker: Worker | null, heldUpMs: number = HELD_UP): Promise<Answer> {
    const { database, clock, maxPending, tell } = this.#context;
    const accounts = await this.#accountsOf(events);
    try {
      return await database.run(async (client) => {
        if (clock.isStale) await clock.ask(client);
        const now = clock.now();
        const waitMs = events.some(({ idempotent }) => idempotent) ? heldUpMs : null;
        const publisher = { now, worker, waitMs };
        const terms = { schema: database.schema, rules: this.#rules, maxPending };
        const called = await callPublish(client, terms, publisher, events, accounts);
        const { row, ruled } = called;
        if (row.births?.includes(ELSEWHERE)) tell();
        if (worker !== null && row.alive) await worker.bear(client, ruled.events, row, now);
        return this.#answer(events, called, accounts);
      });
    } catch (error) {
      if (!isHeldUp(error)) worker?.doubt();
      throw error;
    }
  }

  /** Outside of any transaction: an account that is new would keep others waiting for its end. */
  async #accountsOf(events: Call, tx?: Queryable): Promise<Accounts> {
    const keys = new Set(events.map(({ account }) => account));
    const numbers = await this.#context.names.accounts(keys, tx);
    return { keys: [...keys], numbers, counted: numbers.map((account) => !this.#rooms.isAmple(account)) };
  }

  /** Of what was given; nobody asks what labels made of it. */
  #answer(events: Call, { row: { states, made, rooms }, ruled }: Called, { numbers }: Accounts): Answer {
    const total = made.reduce((sum, count) => sum + count, 0);
    for (const [i, account] of numbers.entries()) this.#rooms.learn(account, rooms[i] ?? null, total);
    return events.map(({ id }, nth) => {
      const i = ruled.given[nth];
      if (typeof i !== "number") return { id, refused: i as HeronError };
      const count = made[i] as number;
      if (states[i] === REFUSED) return { id, refused: tooManyPending(count, this.#context.maxPending) };
      return { id, deliveries: count, duplicate: states[i] === DUPLICATE };
    });
  }
}

/** The ids that callers gave, each with its account. */
function idsOf(call: Call): readonly string[] {
  return call.flatMap(({ idempotent, account, id }) => (idempotent ? [`${account}\n${id}`] : []));
}

/** @throws HeronError `tx_unsupported` */
function checkTransaction(tx: unknown): asserts tx is Queryable {
  if (typeof tx !== "object" || tx === null || !("query" in tx) || typeof tx.query !== "function")
    throw new HeronError(
      "tx_unsupported",
      "tx must be a client of pg in a transaction, or have its method query(text, values) that resolves to { rows }.",
    );
  // Each of its statements may go by another connection, and none is in a transaction.
  if ("totalCount" in tx && "connect" in tx)
    throw new HeronError(
      "tx_unsupported",
      "tx is a pool, which is in no transaction: take a client with await pool.connect(), begin with it, and give that.",
    );
}
