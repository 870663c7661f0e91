import type { LocalWebhookQueue } from "@heron-webhooks/engine";
import type { SqlClient } from "../database.ts";
import { CHANGED, DUE, IDLE_OTHERS, MORE, NEXT_FREE, TAKEN } from "../schema/leasing.ts";
import type { MemberContext } from "./context.ts";
import type { Introductions } from "./introductions.ts";
import type { Memory } from "./memory.ts";

interface LookRow {
  readonly kind: number;
  readonly webhook: number;
  readonly due: number | null;
}

/** So many webhooks it takes at a look, of those that nobody has. */
const MOST_TAKEN = 1000;

/** How a worker shows that it is there, takes webhooks, hears what is new of them, and leaves some to others. */
export class Looking {
  readonly #worker: () => number;
  readonly #memory: Memory;
  readonly #introductions: Introductions;
  readonly #context: MemberContext;
  /** Webhooks that are about to be left to others. */
  readonly #leaving = new Set<LocalWebhookQueue>();
  /** How many other workers could do more, when it last looked. */
  #idleOthers = 0;
  /** When the next is due of the webhooks that nobody has; null for never. */
  nextFree: number | null = null;
  /** There is more than one look takes in. */
  hasMore = false;

  constructor(worker: () => number, memory: Memory, introductions: Introductions, context: MemberContext) {
    this.#worker = worker;
    this.#memory = memory;
    this.#introductions = introductions;
    this.#context = context;
  }

  /** Looks once. `isBusy`: it has more to do than it can. False if it was buried. */
  async look(isBusy: boolean): Promise<boolean> {
    const { database, clock, leaseMs } = this.#context;
    return database.run(async (client) => {
      const { rows } = await client.query(
        `select kind, webhook, due from ${database.schema}.poll($1, $2, $3, $4, $5)`,
        // What it left to others it does not take back while they can do more.
        [clock.now(), this.#worker(), leaseMs, !isBusy, isBusy && this.#idleOthers > 0 ? 0 : MOST_TAKEN],
      );
      const heard = rows as readonly LookRow[];
      if (heard.length === 0) return false;
      await this.#takeIn(client, heard);
      this.#idleOthers = heard.find(({ kind }) => kind === IDLE_OTHERS)?.due ?? 0;
      // What was promised leaves first.
      if (isBusy && this.#idleOthers > 0 && this.#leaving.size === 0) this.#share(this.#idleOthers);
      await this.#leave(client);
      return true;
    });
  }

  async #takeIn(client: SqlClient, heard: readonly LookRow[]): Promise<void> {
    const numbersOf = (wanted: number): readonly number[] =>
      heard.filter(({ kind }) => kind === wanted).map(({ webhook }) => webhook);
    const taken = numbersOf(TAKEN);
    await this.#introductions.meet(client, taken);
    await this.#introductions.learn(client, numbersOf(CHANGED));
    this.hasMore = taken.length === MOST_TAKEN || heard.some(({ kind }) => kind === MORE);
    const now = this.#context.clock.now();
    for (const { kind, webhook, due } of heard)
      if (kind === DUE && due !== null) this.#memory.stored(webhook, due, now);
      else if (kind === NEXT_FREE) this.nextFree = due;
  }

  /**
   * Leaves to workers that have less to do their share of the webhooks for which something is due, each once nothing of it
   * is under way any more: who has one must know all that is.
   */
  #share(others: number): void {
    const now = this.#context.clock.now();
    const owed = this.#memory.hot
      .listQueues()
      .filter((lane) => lane.waiting.length > 0 || (lane.storedDueAt ?? Number.POSITIVE_INFINITY) <= now)
      // Who takes one with a rate does not know how much of it was used.
      .filter(({ record }) => record.rateLimit === null);
    const given = Math.floor((owed.length * others) / (others + 1));
    // Those first of which nothing is under way.
    for (const lane of [...owed].sort((one, other) => underWay(one) - underWay(other)).slice(0, given)) {
      lane.isReleasing = true;
      this.#leaving.add(lane);
    }
  }

  async #leave(client: SqlClient): Promise<void> {
    const quiet = [...this.#leaving].filter((lane) => underWay(lane) === 0 && !lane.isLoading);
    for (const lane of quiet) this.#leaving.delete(lane);
    const numbers = quiet.flatMap((lane) => this.#memory.lanes.getNumber(lane) ?? []);
    if (numbers.length === 0) return;
    this.#memory.removeAll(quiet);
    await this.release(client, numbers);
  }

  /** Gives webhooks back. */
  async release(client: SqlClient, numbers: readonly number[]): Promise<void> {
    const { database, clock } = this.#context;
    await client.query(`select ${database.schema}.release_webhooks($1, $2, $3)`, [
      clock.now(),
      this.#worker(),
      numbers,
    ]);
  }
}

function underWay({ leasedCount, uncommittedCount }: LocalWebhookQueue): number {
  return leasedCount + uncommittedCount;
}
