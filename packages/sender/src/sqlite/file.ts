import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { Turns } from "../schedule/scheduler.ts";
import type { WebhookRecord } from "../store/records.ts";
import type { GateChange } from "../store/store.ts";
import { Hot, type HotDelivery, HotLane } from "./hot.ts";
import { migrate } from "./schema.ts";
import { type Row, Tables } from "./tables.ts";

/** How many deliveries are in memory; more wait in the file. */
const MOST_HOT = 8000;
/** How many waiting deliveries of a webhook are brought into memory at once. */
const PAGE = 64;
/** For ever, as a file can hold it. */
export const FOREVER: number = Number.MAX_SAFE_INTEGER;

/** An account that has been met. */
export interface Account extends Turns<HotDelivery> {
  readonly number: number;
  pending: number;
}

/**
 * A store's file, and what is in memory of it. The file is the truth: what is in memory changes only once a transaction
 * has been committed, by what was put off with {@link afterwards}.
 */
export class StoreFile {
  readonly tables: Tables;
  readonly hot: Hot = new Hot();
  /** Born in memory, and not in the index of what waits: the first is where recovery begins. */
  readonly bornHot: Set<number> = new Set();
  readonly #db: DatabaseSync;
  readonly #name: string;
  readonly #accounts = new Map<string, Account>();
  readonly #lanes = new Map<number, HotLane>();
  readonly #matches = new Map<string, readonly number[]>();
  #afterwards: (() => void)[] = [];
  /** Takes back what the transaction put into memory, should it fail. */
  #made: (() => void)[] = [];
  #hotFrom: number;

  constructor(path: string, busyMs: number, now: number) {
    this.#db = new DatabaseSync(path, { timeout: busyMs });
    this.#db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full");
    this.#db.exec("pragma wal_autocheckpoint = 4000; pragma cache_size = -16000; pragma temp_store = memory");
    migrate(this.#db, () => randomBytes(4).toString("hex"));
    this.tables = new Tables(this.#db);
    this.#name = String(this.tables.get("select value from meta where name = 'name'")?.["value"]);
    this.#hotFrom = Number(this.tables.get("select value from meta where name = 'hot_from'")?.["value"]);
    this.#recover(now);
  }

  close(): void {
    this.#db.close();
  }

  /** Does `work` in one transaction; what it put off is done once that is durable. */
  commit<T>(work: () => T): T {
    this.#afterwards = [];
    this.#made = [];
    try {
      const result = this.tables.transaction(() => {
        const value = work();
        this.#moveHotFrom();
        return value;
      });
      for (const change of this.#afterwards) change();
      return result;
    } catch (error) {
      // What the transaction would have made is not there.
      for (const unmake of this.#made) unmake();
      this.#matches.clear();
      throw error;
    }
  }

  afterwards(change: () => void): void {
    this.#afterwards.push(change);
  }

  /** The text that stands for a delivery: unique over files, and no more than a number. */
  deliveryId(number: number): string {
    return `dlv_${this.#name}_${number.toString(36)}`;
  }

  deliveryNumber(id: string): number | null {
    const [, name, number = ""] = /^dlv_([0-9a-f]+)_([0-9a-z]{1,10})$/.exec(id) ?? [];
    return name === this.#name ? Number.parseInt(number, 36) : null;
  }

  account(key: string): Account {
    let account = this.#accounts.get(key);
    if (account !== undefined) return account;
    const number = this.#accountNumber(key);
    const pending = this.tables.get(
      "select count(*) as pending from webhooks w join deliveries d on d.webhook = w.id and d.state = 3 where w.account = ?",
      number,
    );
    account = Object.assign(new Turns<HotDelivery>(), { number, pending: Number(pending?.["pending"]) });
    for (const { gate, until } of this.#gates("account", key)) account.gates.set(gate, until);
    this.#accounts.set(key, account);
    this.#made.push(() => this.#accounts.delete(key));
    return account;
  }

  #accountNumber(key: string): number {
    const found = this.tables.get("select id from accounts where key = ?", key);
    if (found !== undefined) return Number(found["id"]);
    this.tables.run("insert into accounts(key) values (?)", key);
    return Number(this.tables.get("select last_insert_rowid() as id")?.["id"]);
  }

  /** The lane of a webhook, made when it is first needed. */
  lane(number: number, now: number, record: WebhookRecord = this.record(number)): HotLane {
    let lane = this.#lanes.get(number);
    if (lane !== undefined) return lane;
    const account = this.account(record.account);
    lane = new HotLane(number, account, record, now);
    for (const { gate, until } of this.#gates("webhook", record.id)) lane.gates.set(gate, until);
    const made = lane;
    lane.load = (at) => this.#load(made, at);
    account.lanes.add(lane);
    this.#lanes.set(number, lane);
    this.#made.push(() => this.dropLane(made));
    return lane;
  }

  laneIfAny(number: number): HotLane | undefined {
    return this.#lanes.get(number);
  }

  dropLane(lane: HotLane): void {
    this.#lanes.delete(lane.number);
    this.hot.remove(lane);
  }

  record(number: number): WebhookRecord {
    const row = this.tables.get("select record from webhooks where id = ?", number);
    return JSON.parse(String(row?.["record"])) as WebhookRecord;
  }

  webhookNumber(id: string): number | null {
    const row = this.tables.get("select id from webhooks where key = ?", id);
    return row === undefined ? null : Number(row["id"]);
  }

  /** The webhooks of an account that one of these patterns names. */
  matching(account: number, topic: string, patterns: readonly string[]): readonly number[] {
    const key = `${account} ${topic}`;
    const known = this.#matches.get(key);
    if (known !== undefined) return known;
    const found = new Set<number>();
    for (const pattern of patterns)
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

  /** Whether a new delivery of a lane may be born in memory: not behind what waits in the file. */
  hasRoom(lane: HotLane): boolean {
    return lane.storedDue === null && this.bornHot.size < MOST_HOT;
  }

  /** Notes that something of a lane waits in the file. */
  stored(lane: HotLane, due: number, now: number): void {
    lane.storedDue = Math.min(lane.storedDue ?? due, due);
    this.hot.look(lane, now);
  }

  #load(lane: HotLane, now: number): void {
    const limit = PAGE + lane.loaded.size;
    const rows = this.tables.all(
      `select d.id, d.attempts, d.due, e.topic, e.body, e.user, e.at from deliveries d join events e on e.id = d.event
       where d.webhook = ? and d.state = 3 and d.due <= ? order by d.due, d.id limit ?`,
      lane.number,
      now,
      limit,
    );
    for (const row of rows) {
      const id = Number(row["id"]);
      if (lane.loaded.has(id)) continue;
      lane.loaded.add(id);
      lane.waiting.push(hotFrom(row, lane));
    }
    const later = this.tables.get(
      "select min(due) as due from deliveries where webhook = ? and state = 3 and due > ?",
      lane.number,
      now,
    );
    const next = later?.["due"] ?? null;
    lane.storedDue = rows.length === limit ? now : next === null ? null : Number(next);
  }

  #gates(
    scope: string,
    id: string,
  ): readonly { readonly gate: GateChange["gate"]; readonly until: number }[] {
    return this.tables
      .all("select gate, until from gates where scope = ? and id = ?", scope, id)
      .map(({ gate, until }) => ({
        gate: gate as GateChange["gate"],
        until: Number(until) === FOREVER ? Number.POSITIVE_INFINITY : Number(until),
      }));
  }

  /** After a crash, what was in memory alone waits in the file; and whatever waits has its lane. */
  #recover(now: number): void {
    this.tables.transaction(() => {
      this.tables.run("update deliveries set state = 3 where id >= ? and state = 2", this.#hotFrom);
    });
    const waiting = this.tables.all(
      `with recursive w(id) as (select min(webhook) from deliveries where state = 3 union all
         select (select min(webhook) from deliveries where state = 3 and webhook > w.id) from w where w.id is not null)
       select id, (select min(due) from deliveries where state = 3 and webhook = w.id) as due from w where id is not null`,
    );
    for (const { id, due } of waiting) this.stored(this.lane(Number(id), now), Number(due), now);
  }

  /** Writes down where recovery begins, now and then: before it nothing is hot. */
  #moveHotFrom(): void {
    const [first] = this.bornHot;
    if (first === undefined || first < this.#hotFrom + 10_000) return;
    this.tables.run("update meta set value = ? where name = 'hot_from'", first);
    this.#hotFrom = first;
  }
}

function hotFrom(row: Row, lane: HotLane): HotDelivery {
  const id = Number(row["id"]);
  return {
    id,
    sequence: id,
    event: {
      topic: String(row["topic"]),
      body: String(row["body"]),
      user: row["user"] === null ? null : String(row["user"]),
      at: Number(row["at"]),
    },
    lane,
    attempts: Number(row["attempts"]),
    due: Number(row["due"]),
  };
}
