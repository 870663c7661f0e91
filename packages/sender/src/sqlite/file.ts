import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { WebhookRecord } from "../store/records.ts";
import { BornHot } from "./born-hot.ts";
import type { Introduced, News } from "./calls.ts";
import { migrate } from "./schema.ts";
import { type Row, Tables } from "./tables.ts";

/** An account that has been met. */
export interface Account {
  readonly number: number;
  /** How many of its deliveries are pending. */
  pending: number;
}

/** A webhook that has been met. */
export interface Webhook {
  readonly number: number;
  readonly account: Account;
  record: WebhookRecord;
  /** Something that is due waits in the file, so what is new waits behind it. */
  spilled: boolean;
  /** What of the waiting rows is in memory. */
  readonly loaded: Set<number>;
}

/**
 * The thread's side of a store: the file, and what is remembered of it. The file is the truth: what is remembered changes
 * only once a transaction has been committed, by what was put off with {@link afterwards}.
 */
export class StoreFile {
  readonly tables: Tables;
  readonly born: BornHot;
  /** The event from which pruning goes on; 0 for the oldest. */
  prunedTo = 0;
  /** What the other side must know of, beside what it asked for. */
  news: News = { introduced: [], stored: [] };
  readonly #db: DatabaseSync;
  readonly #name: string;
  readonly #accounts = new Map<string, Account>();
  readonly #webhooks = new Map<number, Webhook>();
  readonly #matches = new Map<string, readonly number[]>();
  #afterwards: (() => void)[] = [];
  /** Takes back what the transaction made, should it fail. */
  #undo: (() => void)[] = [];
  #lastEvent: number;
  #lastDelivery: number;

  constructor(path: string, busyMs: number) {
    this.#db = new DatabaseSync(path, { timeout: busyMs });
    this.#db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    this.#db.exec("pragma wal_autocheckpoint = 4000; pragma cache_size = -16000; pragma temp_store = memory");
    migrate(this.#db, () => randomBytes(4).toString("hex"));
    this.tables = new Tables(this.#db);
    this.#name = String(this.tables.get("select value from meta where name = 'name'")?.["value"]);
    this.born = new BornHot(this.tables);
    this.#lastEvent = this.#lastIn("events");
    this.#lastDelivery = this.#lastIn("deliveries");
    this.commit(() => this.born.recover());
    for (const { id, due } of this.#withWaiting()) this.stored(this.webhook(Number(id)), Number(due));
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
    const [event, delivery] = [this.#lastEvent, this.#lastDelivery];
    try {
      const result = this.tables.transaction(() => {
        const value = work();
        this.born.moveMark();
        return value;
      });
      for (const change of this.#afterwards) change();
      return result;
    } catch (error) {
      // What the transaction would have made is not there.
      for (const undo of this.#undo) undo();
      [this.#lastEvent, this.#lastDelivery] = [event, delivery];
      this.#matches.clear();
      this.news = { introduced: [], stored: [] };
      throw error;
    }
  }

  afterwards(change: () => void): void {
    this.#afterwards.push(change);
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

  account(key: string): Account {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const number = this.#accountNumber(key);
    const pending = this.tables.get(
      "select count(*) as pending from webhooks w join deliveries d on d.webhook = w.id and d.state = 3 where w.account = ?",
      number,
    );
    const account = { number, pending: Number(pending?.["pending"]) };
    this.#accounts.set(key, account);
    this.#undo.push(() => this.#accounts.delete(key));
    return account;
  }

  #accountNumber(key: string): number {
    const found = this.tables.get("select id from accounts where key = ?", key);
    if (found !== undefined) return Number(found["id"]);
    this.tables.run("insert into accounts(key) values (?)", key);
    return Number(this.tables.get("select last_insert_rowid() as id")?.["id"]);
  }

  /** A webhook that is met for the first time is introduced to the other side. */
  webhook(number: number): Webhook {
    const known = this.#webhooks.get(number);
    if (known !== undefined) return known;
    const record = this.record(number);
    const webhook = {
      number,
      account: this.account(record.account),
      record,
      spilled: false,
      loaded: new Set<number>(),
    };
    this.#webhooks.set(number, webhook);
    this.#undo.push(() => this.#webhooks.delete(number));
    this.news.introduced.push(this.#introduced(number, record));
    return webhook;
  }

  webhookIfMet(number: number): Webhook | undefined {
    return this.#webhooks.get(number);
  }

  forgetWebhook(number: number): void {
    this.#webhooks.delete(number);
  }

  record(number: number): WebhookRecord {
    const row = this.tables.get("select record from webhooks where id = ?", number);
    return JSON.parse(String(row?.["record"])) as WebhookRecord;
  }

  webhookNumber(id: string): number | null {
    const row = this.tables.get("select id from webhooks where key = ?", id);
    return row === undefined ? null : Number(row["id"]);
  }

  /** The webhooks of an account that one of a topic's patterns names. */
  matching(
    account: number,
    topic: string,
    patternsOf: (topic: string) => readonly string[],
  ): readonly number[] {
    const key = `${account} ${topic}`;
    const known = this.#matches.get(key);
    if (known !== undefined) return known;
    const found = new Set<number>();
    for (const pattern of patternsOf(topic))
      for (const row of this.tables.all(
        "select webhook from subscriptions where account = ? and pattern = ?",
        account,
        pattern,
      ))
        found.add(Number(row["webhook"]));
    if (this.#matches.size > 10_000) this.#matches.clear();
    const matches = [...found].sort((a, b) => a - b);
    this.#matches.set(key, matches);
    return matches;
  }

  forgetMatches(): void {
    this.#matches.clear();
  }

  /** Notes that something of a webhook waits in the file, and when the first of it is due. */
  stored({ number }: Webhook, due: number): void {
    this.news.stored.push({ webhook: number, due, replaces: false });
  }

  /** Says what waits of a webhook beside what is in memory: when the first is due, null if nothing does. */
  waits({ number }: Webhook, due: number | null): void {
    this.news.stored.push({ webhook: number, due, replaces: true });
  }

  gates(scope: string, id: string): readonly Row[] {
    return this.tables.all("select scope, gate, until from gates where scope = ? and id = ?", scope, id);
  }

  #introduced(number: number, record: WebhookRecord): Introduced {
    const gates = [...this.gates("webhook", record.id), ...this.gates("account", record.account)];
    return { number, record, gates: gates as unknown as Introduced["gates"] };
  }

  #lastIn(table: "events" | "deliveries"): number {
    return Number(this.tables.get(`select coalesce(max(id), 0) as id from ${table}`)?.["id"]);
  }

  /** Every webhook for which something waits, and when the first is due. */
  #withWaiting(): readonly Row[] {
    return this.tables.all(
      `with recursive w(id) as (select min(webhook) from deliveries where state = 3 union all
         select (select min(webhook) from deliveries where state = 3 and webhook > w.id) from w where w.id is not null)
       select id, (select min(due) from deliveries where state = 3 and webhook = w.id) as due from w where id is not null`,
    );
  }
}
