import type { ExpiredDelivery, KeepLimits } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";
import type { Worker } from "./worker/worker.ts";

interface ExpiredRow {
  readonly id: number | null;
  readonly webhook: string;
  readonly account: string;
  readonly topic: string;
  readonly attempts: number;
  readonly after: number;
  readonly done: boolean;
  /** In the row without an id: the webhooks of which some died, and when the next of each is due that waits. */
  readonly touched: readonly number[] | null;
  readonly nexts: readonly (number | null)[] | null;
}

const NOTHING = { done: true, after: 0, touched: null, nexts: null };
const LONGEST = Number.MAX_SAFE_INTEGER;

/** What is too old, or too much: in steps, each of which is short. */
export class Ageing {
  readonly #database: Database;
  readonly #names: Names;
  readonly #now: () => number;
  readonly #worker: () => Worker | null;
  /** The webhook after which expiring goes on. */
  #expiredTo = 0;
  /** The event from which pruning goes on: what is owed for long is not looked at again and again. */
  #prunedTo = 0;

  constructor(database: Database, names: Names, now: () => number, worker: () => Worker | null) {
    this.#database = database;
    this.#names = names;
    this.#now = now;
    this.#worker = worker;
  }

  async expire(
    olderThanMs: number,
    max: number,
  ): Promise<{ readonly expired: readonly ExpiredDelivery[]; readonly isDone: boolean }> {
    const worker = this.#worker();
    const asOf = worker?.asOf ?? 0;
    const rows = await this.#database.query<ExpiredRow>(
      `select * from ${this.#database.schema}.expire($1, $2, $3, $4)`,
      [this.#now(), Math.min(LONGEST, Math.round(olderThanMs)), max, this.#expiredTo],
    );
    const idOf = await this.#names.deliveryId(Math.min(...rows.flatMap(({ id }) => id ?? [])));
    const expired = rows.flatMap(({ id, webhook, account, topic, attempts }) =>
      id === null ? [] : [{ delivery: idOf(id), webhook, account, topic, attempts }],
    );
    const { done, after, touched, nexts } = rows.find(({ id }) => id === null) ?? NOTHING;
    for (const [i, webhook] of (touched ?? []).entries()) worker?.waits(webhook, nexts?.[i] ?? null, asOf);
    this.#expiredTo = done ? 0 : after;
    return { expired, isDone: done };
  }

  async prune(
    { olderThanMs, bytes }: KeepLimits,
    max: number,
  ): Promise<{ readonly pruned: number; readonly isDone: boolean }> {
    const step = async (from: number, most: number): Promise<PruneRow> => {
      const [row] = await this.#database.query<PruneRow>(
        `select * from ${this.#database.schema}.prune($1, $2, $3, $4, $5)`,
        [this.#now(), Math.min(LONGEST, Math.round(olderThanMs)), bytes, most, from],
      );
      return row ?? { pruned: 0, next: from, done: true };
    };
    const from = this.#prunedTo;
    const first = await step(from, max);
    this.#prunedTo = first.done ? 0 : first.next;
    if (!first.done || from === 0) return { pruned: first.pruned, isDone: first.done };
    // Round: what lies before where it began.
    const rest = await step(0, max - first.pruned);
    this.#prunedTo = rest.done ? 0 : rest.next;
    return { pruned: first.pruned + rest.pruned, isDone: rest.done };
  }
}

interface PruneRow {
  readonly pruned: number;
  readonly next: number;
  readonly done: boolean;
}
