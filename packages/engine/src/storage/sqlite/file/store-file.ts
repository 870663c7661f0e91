import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { BufferedAdditions, BufferedSet } from "./buffered-set.ts";
import { LabelCache } from "./label-cache.ts";
import { assertOwnFile, migrate } from "./schema.ts";
import type { StateUpdate } from "./state-update.ts";
import { type Row, Statements } from "./statements.ts";
import { SubscriptionCache } from "./subscription-cache.ts";
import { type CachedAccount, type CachedWebhook, WebhookCache } from "./webhook-cache.ts";

/** The deliveries that the current transaction has inserted. */
export class TransactionState {
  /** Their number by account. */
  readonly addedByAccount: Map<CachedAccount, number> = new Map();
  /** The buffered ones. */
  readonly buffered: BufferedAdditions = new BufferedAdditions();
}

/**
 * The thread's side of a SQLite store: the file and its caches. The file is authoritative: caches change only after a
 * commit, by the functions given to {@link afterCommit}.
 */
export class StoreFile {
  readonly statements: Statements;
  readonly buffered: BufferedSet;
  readonly webhooks: WebhookCache;
  readonly subscriptions: SubscriptionCache;
  readonly labels: LabelCache;
  /** The state of the current transaction. */
  transaction: TransactionState = new TransactionState();
  /** The event at which pruning continues; 0 for the oldest. */
  pruneCursor = 0;
  /** The webhook after which expiry continues; 0 for the first. */
  expireCursor = 0;
  /** Changes for the main thread, in addition to the results of its calls. */
  update: StateUpdate = { registered: [], stored: [] };
  readonly #db: DatabaseSync;
  readonly #name: string;
  #afterCommit: (() => void)[] = [];
  /** Undoes changes of the caches if the transaction fails. */
  #onRollback: (() => void)[] = [];
  #lastEvent: number;
  #lastDelivery: number;

  /** Waits up to `busyTimeoutMs` for another process that has the file open. */
  static open(path: string, busyTimeoutMs: number): StoreFile {
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      return new StoreFile(db);
    } catch (error) {
      // An open handle would block the next try.
      db.close();
      throw error;
    }
  }

  private constructor(db: DatabaseSync) {
    this.#db = db;
    this.#db.exec("pragma locking_mode = exclusive");
    assertOwnFile(this.#db);
    this.#db.exec("pragma journal_mode = wal; pragma synchronous = full");
    this.#db.exec("pragma wal_autocheckpoint = 500; pragma cache_size = -16000; pragma temp_store = memory");
    migrate(this.#db, () => randomBytes(4).toString("hex"));
    this.statements = new Statements(this.#db);
    this.#name = String(this.statements.get("select value from meta where name = 'store_name'")?.["value"]);
    this.buffered = new BufferedSet(this.statements);
    this.subscriptions = new SubscriptionCache(this.statements);
    this.labels = new LabelCache(this.statements);
    this.webhooks = new WebhookCache({
      statements: this.statements,
      onRollback: (undo) => this.onRollback(undo),
      register: (introduced) => this.update.registered.push(introduced),
    });
    this.#lastEvent = this.#readLastId("events", "last_event");
    this.#lastDelivery = this.#readLastId("deliveries", "last_delivery");
    this.commit(() => this.buffered.recover());
    for (const { id, due_at: dueAt } of this.#listWaiting())
      this.noteStored(this.webhooks.loadWebhook(Number(id)), Number(dueAt));
  }

  /** The publish time of the newest event, in milliseconds since 1970. */
  get newestEventAt(): number {
    return Number(
      this.statements.get("select published_at from events order by id desc limit 1")?.["published_at"] ?? 0,
    );
  }

  /** The prefix of delivery ids. */
  get prefix(): string {
    return `dlv_${this.#name}_`;
  }

  close(): void {
    this.#db.close();
  }

  /** Runs `work` in one transaction, then the functions given to {@link afterCommit}. */
  commit<T>(work: () => T): T {
    this.#afterCommit = [];
    this.#onRollback = [];
    this.transaction = new TransactionState();
    const [event, delivery] = [this.#lastEvent, this.#lastDelivery];
    try {
      const result = this.statements.transaction(() => {
        const value = work();
        this.#demoteStale();
        this.buffered.advanceWatermark();
        return value;
      });
      for (const change of this.#afterCommit) change();
      return result;
    } catch (error) {
      for (const undo of this.#onRollback) undo();
      [this.#lastEvent, this.#lastDelivery] = [event, delivery];
      this.subscriptions.clear();
      this.labels.clear();
      this.update = { registered: [], stored: [] };
      throw error;
    }
  }

  afterCommit(change: () => void): void {
    this.#afterCommit.push(change);
  }

  /** Registers how to undo a change of a cache if the transaction fails. */
  onRollback(undo: () => void): void {
    this.#onRollback.push(undo);
  }

  /** Ids are never reused: saves the last ones before the rows that have them are deleted. */
  saveLastIds(): void {
    this.#saveMeta("last_event", this.#lastEvent);
    this.#saveMeta("last_delivery", this.#lastDelivery);
  }

  #saveMeta(name: string, value: number): void {
    this.statements.run("insert or replace into meta(name, value) values (?, ?)", name, value);
  }

  takeUpdate(): StateUpdate {
    const { update } = this;
    this.update = { registered: [], stored: [] };
    return update;
  }

  allocateEventId(): number {
    return ++this.#lastEvent;
  }

  allocateDeliveryId(): number {
    return ++this.#lastDelivery;
  }

  /** The public id of a delivery, unique across files. */
  formatDeliveryId(number: number): string {
    return this.prefix + number.toString(36);
  }

  parseDeliveryId(id: string): number | null {
    const [, name, number = ""] = /^dlv_([0-9a-f]+)_([0-9a-z]{1,10})$/.exec(id) ?? [];
    return name === this.#name ? Number.parseInt(number, 36) : null;
  }

  /** Reports that a delivery of a webhook waits in the file, and when it is due. */
  noteStored({ number }: CachedWebhook, dueAt: number): void {
    this.update.stored.push({ webhook: number, dueAt, isReplacement: false });
  }

  /** Replaces what is known of a webhook's deliveries outside memory: when the first is due, null if there is none. */
  replaceStored({ number }: CachedWebhook, dueAt: number | null): void {
    this.update.stored.push({ webhook: number, dueAt, isReplacement: true });
  }

  #readLastId(table: "events" | "deliveries", name: string): number {
    const last = Number(this.statements.get(`select coalesce(max(id), 0) as id from ${table}`)?.["id"]);
    return Math.max(
      last,
      Number(this.statements.get("select value from meta where name = ?", name)?.["value"] ?? 0),
    );
  }

  /** Makes deliveries that have been buffered for long wait in the file. They stay in memory like loaded ones. */
  #demoteStale(): void {
    for (const { number, webhook } of this.buffered.listStale(this.#lastDelivery)) {
      const changed = this.statements.run(
        "update deliveries set state = 3 where id = ? and state = 2",
        number,
      );
      if (changed === 0) continue;
      this.afterCommit(() => {
        this.buffered.remove(number);
        this.webhooks.getWebhook(webhook)?.loadedIds.add(number);
      });
    }
  }

  /** All webhooks with waiting deliveries, and when their first is due. */
  #listWaiting(): readonly Row[] {
    return this.statements.all(
      `with recursive w(id) as (select min(webhook) from deliveries where state = 3 union all
         select (select min(webhook) from deliveries where state = 3 and webhook > w.id) from w where w.id is not null)
       select id, (select min(due_at) from deliveries where state = 3 and webhook = w.id) as due_at from w where id in (select id from webhooks)`,
    );
  }
}
