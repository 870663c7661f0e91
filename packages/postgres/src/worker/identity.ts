import { Mutex } from "../mutex.ts";
import type { MemberContext } from "./context.ts";
import type { Introductions } from "./introductions.ts";
import type { Memory } from "./memory.ts";

/** So many webhooks are learned of with one statement. */
const AT_ONCE = 1000;

/** The number that a worker goes by, and what makes what is marked by it and what is in memory the same. */
export class Identity {
  readonly #memory: Memory;
  readonly #introductions: Introductions;
  readonly #context: MemberContext;
  /** What is written down of deliveries is not while it goes on by another number. */
  readonly #writes = new Mutex();
  /** The number it goes by, and those after it that it may go by already: it was not answered. */
  #numbers: readonly number[];

  constructor(number: number, memory: Memory, introductions: Introductions, context: MemberContext) {
    this.#numbers = [number];
    this.#memory = memory;
    this.#introductions = introductions;
    this.#context = context;
  }

  get number(): number {
    return this.#numbers[0] as number;
  }

  /** Does something by a number that it does not change meanwhile. */
  write<T>(work: (number: number) => Promise<T>): Promise<T> {
    return this.#writes.run(() => work(this.number));
  }

  /**
   * What failed may have been done all the same, or be done yet. So it goes on by another number, under which it has what it
   * knows of; what else was marked as its own waits again, and what it may not have heard of its webhooks it reads. False if
   * it was buried.
   */
  succeed(): Promise<boolean> {
    return this.#writes.run(async () => {
      const { database, clock, leaseMs } = this.#context;
      const { schema } = database;
      const [next] = await database.query<{ readonly id: number }>(
        `select nextval('${schema}.process_ids')::int as id`,
      );
      const number = next?.id ?? 0;
      const before = this.#numbers;
      this.#numbers = [...before, number];
      const known = [...this.#memory.hot.deliveries()].map(({ sequence }) => sequence);
      const rows = await database.query<{ readonly webhook: number }>(
        `select webhook from ${schema}.renew_epoch($1, $2, $3, $4, $5) s(webhook)`,
        [clock.now(), leaseMs, before, number, known],
      );
      if (rows.length === 0) return false;
      this.#numbers = [number];
      await this.#relearn(rows.map(({ webhook }) => webhook));
      return true;
    });
  }

  /** Frees what is marked as its own and is not in memory, and meets what it has: whatever went wrong unseen. */
  compare(): Promise<void> {
    return this.write(async (number) => {
      const { database, clock } = this.#context;
      const { schema } = database;
      const held = await database.query<{ readonly id: number }>(
        `select id::double precision from ${schema}.pending_deliveries where owner = $1`,
        [number],
      );
      const known = new Set([...this.#memory.hot.deliveries()].map(({ sequence }) => sequence));
      const unknown = held.map(({ id }) => id).filter((id) => !known.has(id));
      const freed = await database.query<{ readonly webhook: number; readonly due: number }>(
        `update ${schema}.pending_deliveries set owner = null where id = any($1) and owner = $2 returning webhook, due_at::double precision as due`,
        [unknown, number],
      );
      const lanes = await database.query<{ readonly webhook: number }>(
        `select webhook from ${schema}.webhook_leases where owner = $1`,
        [number],
      );
      const own = lanes.map(({ webhook }) => webhook);
      this.#forgetOthers(own);
      await database.run((client) => this.#introductions.meet(client, own));
      for (const { webhook, due } of freed) this.#memory.stored(webhook, due, clock.now());
    });
  }

  /** Gives back all that it may have. */
  async leave(): Promise<void> {
    const { database } = this.#context;
    await database.query(`select ${database.schema}.deregister(id) from unnest($1::int[]) n(id)`, [
      this.#numbers,
    ]);
  }

  async #relearn(own: readonly number[]): Promise<void> {
    this.#forgetOthers(own);
    await this.#context.database.run(async (client) => {
      for (let from = 0; from < own.length; from += AT_ONCE) {
        const some = own.slice(from, from + AT_ONCE);
        await this.#introductions.learn(client, some);
        await this.#introductions.meet(client, some);
      }
    });
  }

  #forgetOthers(own: readonly number[]): void {
    const kept = new Set(own);
    const { hot, lanes } = this.#memory;
    this.#memory.removeAll(hot.listQueues().filter((lane) => !kept.has(lanes.getNumber(lane) ?? 0)));
  }
}
