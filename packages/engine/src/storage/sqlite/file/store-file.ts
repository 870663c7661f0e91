import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { BornHot, BornNow } from "./born-hot.ts";
import { KnownLabels } from "./known-labels.ts";
import { Matching } from "./matching.ts";
import { type Account, Met, type Webhook } from "./met.ts";
import type { News } from "./news.ts";
import { checkOwn, migrate } from "./schema.ts";
import { type Row, Tables } from "./tables.ts";

/** What a transaction has published so far. */
export class Batch {
  /** How many deliveries, by account. */
  readonly added: Map<Account, number> = new Map();
  /** Those of them that are born hot. */
  readonly hot: BornNow = new BornNow();
}

/**
 * The thread's side of a store: the file, and what is remembered of it. The file is the truth: what is remembered changes
 * only once a transaction has been committed, by what was put off with {@link afterwards}.
 */
export class StoreFile {
  readonly tables: Tables;
  readonly born: BornHot;
  readonly met: Met;
  readonly matching: Matching;
  readonly labels: KnownLabels;
  /** What the transaction under way has published so far. */
  batch: Batch = new Batch();
  /** The event from which pruning goes on; 0 for the oldest. */
  prunedTo = 0;
  /** The webhook after which expiring goes on; 0 for the first. */
  expiredTo = 0;
  /** What the other side must know of, beside what it asked for. */
  news: News = { introduced: [], stored: [] };
  readonly #db: DatabaseSync;
  readonly #name: string;
  #afterwards: (() => void)[] = [];
  /** Takes back what the transaction made, should it fail. */
  #undo: (() => void)[] = [];
  #lastEvent: number;
  #lastDelivery: number;

  /** Waits so long for another process that has it, in milliseconds. */
  static open(path: string, busyMs: number): StoreFile {
    const db = new DatabaseSync(path, { timeout: busyMs });
    try {
      return new StoreFile(db);
    } catch (error) {
      // Or it would stand in the way of the next try.
      db.close();
      throw error;
    }
  }

  private constructor(db: DatabaseSync) {
    this.#db = db;
    this.#db.exec("pragma locking_mode = exclusive");
    checkOwn(this.#db);
    this.#db.exec("pragma journal_mode = wal; pragma synchronous = full");
    this.#db.exec("pragma wal_autocheckpoint = 500; pragma cache_size = -16000; pragma temp_store = memory");
    migrate(this.#db, () => randomBytes(4).toString("hex"));
    this.tables = new Tables(this.#db);
    this.#name = String(this.tables.get("select value from meta where name = 'name'")?.["value"]);
    this.born = new BornHot(this.tables);
    this.matching = new Matching(this.tables);
    this.labels = new KnownLabels(this.tables);
    this.met = new Met({
      tables: this.tables,
      undo: (undo) => this.undo(undo),
      introduce: (introduced) => this.news.introduced.push(introduced),
    });
    this.#lastEvent = this.#lastOf("events", "last_event");
    this.#lastDelivery = this.#lastOf("deliveries", "last_delivery");
    this.commit(() => this.born.recover());
    for (const { id, due } of this.#withWaiting()) this.stored(this.met.webhook(Number(id)), Number(due));
  }

  /** When the newest event was published, in milliseconds since 1970. */
  get newest(): number {
    return Number(this.tables.get("select at from events order by id desc limit 1")?.["at"] ?? 0);
  }

  /** What stands before a delivery's number, in its id. */
  get prefix(): string {
    return `dlv_${this.#name}_`;
  }

  close(): void {
    this.#db.close();
  }

  /** Does `work` in one transaction; what it put off is done once that is durable. */
  commit<T>(work: () => T): T {
    this.#afterwards = [];
    this.#undo = [];
    this.batch = new Batch();
    const [event, delivery] = [this.#lastEvent, this.#lastDelivery];
    try {
      const result = this.tables.transaction(() => {
        const value = work();
        this.#leaveBehind();
        this.born.moveMark();
        return value;
      });
      for (const change of this.#afterwards) change();
      return result;
    } catch (error) {
      // What the transaction would have made is not there.
      for (const undo of this.#undo) undo();
      [this.#lastEvent, this.#lastDelivery] = [event, delivery];
      this.matching.forget();
      this.labels.forget();
      this.news = { introduced: [], stored: [] };
      throw error;
    }
  }

  afterwards(change: () => void): void {
    this.#afterwards.push(change);
  }

  /** Says how to take back what is remembered already, should the transaction fail. */
  undo(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Numbers are given once: before the last rows go, it is written down how far they went. */
  keepNumbers(): void {
    this.#keep("last_event", this.#lastEvent);
    this.#keep("last_delivery", this.#lastDelivery);
  }

  #keep(name: string, value: number): void {
    this.tables.run("insert or replace into meta(name, value) values (?, ?)", name, value);
  }

  takeNews(): News {
    const { news } = this;
    this.news = { introduced: [], stored: [] };
    return news;
  }

  nextEvent(): number {
    return ++this.#lastEvent;
  }

  nextDelivery(): number {
    return ++this.#lastDelivery;
  }

  /** The text that stands for a delivery: unique over files, and no more than a number. */
  deliveryId(number: number): string {
    return this.prefix + number.toString(36);
  }

  deliveryNumber(id: string): number | null {
    const [, name, number = ""] = /^dlv_([0-9a-f]+)_([0-9a-z]{1,10})$/.exec(id) ?? [];
    return name === this.#name ? Number.parseInt(number, 36) : null;
  }

  /** Notes that something of a webhook waits in the file, and when the first of it is due. */
  stored({ number }: Webhook, due: number): void {
    this.news.stored.push({ webhook: number, due, replaces: false });
  }

  /** Says what waits of a webhook beside what is in memory: when the first is due, null if nothing does. */
  waits({ number }: Webhook, due: number | null): void {
    this.news.stored.push({ webhook: number, due, replaces: true });
  }

  #lastOf(table: "events" | "deliveries", name: string): number {
    const last = Number(this.tables.get(`select coalesce(max(id), 0) as id from ${table}`)?.["id"]);
    return Math.max(
      last,
      Number(this.tables.get("select value from meta where name = ?", name)?.["value"] ?? 0),
    );
  }

  /** What has been hot for long waits in the file, and stays in memory like what is brought there from it. */
  #leaveBehind(): void {
    for (const { number, webhook } of this.born.laggards(this.#lastDelivery)) {
      const changed = this.tables.run("update deliveries set state = 3 where id = ? and state = 2", number);
      if (changed === 0) continue;
      this.afterwards(() => {
        this.born.remove(number);
        this.met.webhookIfMet(webhook)?.loaded.add(number);
      });
    }
  }

  /** Every webhook for which something waits, and when the first is due. */
  #withWaiting(): readonly Row[] {
    return this.tables.all(
      `with recursive w(id) as (select min(webhook) from deliveries where state = 3 union all
         select (select min(webhook) from deliveries where state = 3 and webhook > w.id) from w where w.id is not null)
       select id, (select min(due) from deliveries where state = 3 and webhook = w.id) as due from w where id in (select id from webhooks)`,
    );
  }
}
