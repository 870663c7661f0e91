import { HeronError } from "@heron-webhooks/core";
import type { NewEvent, Published } from "@heron-webhooks/sender";
import { tooManyPending } from "@heron-webhooks/sender/store";
import type { Database, Queryable } from "./database.ts";
import { isHeldUp } from "./failure.ts";
import { Gathered } from "./gathered.ts";
import type { Names } from "./names.ts";
import { type Accounts, callPublish, type PublishedRow } from "./publish-call.ts";
import { Rooms } from "./rooms.ts";
import { DUPLICATE, ELSEWHERE, REFUSED } from "./schema/publishing.ts";
import { Serial } from "./serial.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Worker } from "./worker/worker.ts";

/** So many calls, each of one event or of what was emitted in one turn of the loop, make one statement. */
const MOST_CALLS = 64;
/** So long, in milliseconds, others wait for a transaction that has put down an event of the same id and not ended. */
const HELD_UP = 100;

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
  readonly #rooms = new Rooms();
  /** Calls that wait for other transactions take turns, so that they use one connection. */
  readonly #heldUp = new Serial();
  /** The ids of the events in them. */
  readonly #heldIds = new Set<string>();

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

  async publish(events: Call): Promise<Answer> {
    return events.length === 0 ? [] : this.#gathered.add(events);
  }

  /** As a part of a transaction of the application's, which nobody else sees before its end. */
  async publishWithin(tx: unknown, events: Call, channel: string | null): Promise<Answer> {
    if (!isQueryable(tx))
      throw new HeronError(
        "tx_unsupported",
        "tx must be a client of pg in a transaction, or have its method query(text, values) that resolves to { rows }.",
      );
    const { database, clock, maxPending } = this.#context;
    await database.prepare();
    if (clock.isStale) await database.run((client) => clock.ask(client));
    const accounts = await this.#accountsOf(events);
    const publisher = { now: clock.now(), worker: null, waitMs: null };
    const row = await callPublish(tx, database.schema, publisher, events, accounts, maxPending);
    if (channel !== null) await tx.query("select pg_notify($1, '')", [channel]);
    return this.#answer(events, accounts, row);
  }

  async #publishAll(calls: readonly Call[]): Promise<readonly (Answer | Promise<Answer>)[]> {
    const isHeld = (call: Call): boolean => idsOf(call).some((id) => this.#heldIds.has(id));
    try {
      return await this.#publishExcept(calls, isHeld);
    } catch (error) {
      if (!isHeldUp(error)) throw error;
      return this.#publishExcept(calls, (call) => idsOf(call).length > 0);
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

  /** Waits for as long as a statement may take, since the other transaction may come to nothing. */
  async #publishAlone(call: Call): Promise<Answer> {
    const until = performance.now() + this.#context.database.timeoutMs;
    const ids = idsOf(call);
    for (const id of ids) this.#heldIds.add(id);
    try {
      for (;;)
        try {
          // Nothing of it goes into the worker's memory: that would have to wait for its turn among the others.
          return await this.#heldUp.run(() => this.#put(call, null));
        } catch (error) {
          if (!isHeldUp(error) || performance.now() > until) throw error;
        }
    } finally {
      for (const id of ids) this.#heldIds.delete(id);
    }
  }

  async #put(events: Call, worker: Worker | null): Promise<Answer> {
    const { database, clock, maxPending, tell } = this.#context;
    const accounts = await this.#accountsOf(events);
    try {
      return await database.run(async (client) => {
        if (clock.isStale) await clock.ask(client);
        const now = clock.now();
        const waitMs = events.some(({ idempotent }) => idempotent) ? HELD_UP : null;
        const publisher = { now, worker, waitMs };
        const row = await callPublish(client, database.schema, publisher, events, accounts, maxPending);
        if (row.births?.includes(ELSEWHERE)) tell();
        if (worker !== null && row.alive) await worker.bear(client, events, row, now);
        return this.#answer(events, accounts, row);
      });
    } catch (error) {
      if (!isHeldUp(error)) worker?.doubt();
      throw error;
    }
  }

  /** Outside of any transaction: an account that is new would keep others waiting for its end. */
  async #accountsOf(events: Call): Promise<Accounts> {
    const keys = new Set(events.map(({ account }) => account));
    const numbers = await this.#context.names.accounts(keys);
    return { keys: [...keys], numbers, counted: numbers.map((account) => !this.#rooms.isAmple(account)) };
  }

  #answer(events: Call, { numbers }: Accounts, { states, made, rooms }: PublishedRow): Answer {
    const total = made.reduce((sum, count) => sum + count, 0);
    for (const [i, account] of numbers.entries()) this.#rooms.learn(account, rooms[i] ?? null, total);
    return events.map(({ id }, i) => {
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

function isQueryable(tx: unknown): tx is Queryable {
  return typeof tx === "object" && tx !== null && "query" in tx && typeof tx.query === "function";
}
