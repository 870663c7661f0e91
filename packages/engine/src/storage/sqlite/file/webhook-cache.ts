import type { RegisteredWebhook } from "../../../queue/webhook-queues.ts";
import type { PauseChange } from "../../pauses.ts";
import type { WebhookRecord } from "../../records.ts";
import type { Row, Statements } from "./statements.ts";

/** A cached account. */
export interface CachedAccount {
  readonly number: number;
  /** The number of its pending deliveries. */
  pendingCount: number;
}

/** A cached webhook. */
export interface CachedWebhook {
  readonly number: number;
  readonly account: CachedAccount;
  record: WebhookRecord;
  /** Due deliveries wait in the file, or the webhook is paused. New deliveries then wait in the file too. */
  isSpilled: boolean;
  /** The waiting deliveries that are in memory. */
  readonly loadedIds: Set<number>;
}

export interface WebhookCacheContext {
  readonly statements: Statements;
  /** Registers how to undo a cache change if the transaction fails. */
  readonly onRollback: (undo: () => void) => void;
  /** Announces a webhook to the main thread, which schedules. */
  readonly register: (webhook: RegisteredWebhook) => void;
}

/** Caches the accounts and webhooks with recent activity. */
export class WebhookCache {
  readonly #context: WebhookCacheContext;
  readonly #accounts = new Map<string, CachedAccount>();
  readonly #webhooks = new Map<number, CachedWebhook>();

  constructor(context: WebhookCacheContext) {
    this.#context = context;
  }

  loadAccount(key: string): CachedAccount {
    const cached = this.#accounts.get(key);
    if (cached !== undefined) return cached;
    const { statements, onRollback } = this.#context;
    const number = this.findAccountNumber(key) ?? this.#insertAccount(key);
    const pending = statements.get(
      "select count(*) as pending from webhooks w join deliveries d on d.webhook = w.id and d.state = 3 where w.account = ?",
      number,
    );
    const account = { number, pendingCount: Number(pending?.["pending"]) };
    this.#accounts.set(key, account);
    onRollback(() => this.#accounts.delete(key));
    return account;
  }

  /** Loads and registers the webhook if it is not cached. */
  loadWebhook(number: number): CachedWebhook {
    const cached = this.#webhooks.get(number);
    if (cached !== undefined) return cached;
    const { statements, onRollback, register } = this.#context;
    const record = getWebhookRecord(statements, number);
    const account = this.loadAccount(record.account);
    const pauses = [
      ...getPauseRows(statements, "webhook", record.id),
      ...getPauseRows(statements, "account", record.account),
    ];
    const webhook: CachedWebhook = {
      number,
      account,
      record,
      isSpilled: pauses.length > 0,
      loadedIds: new Set(),
    };
    this.#webhooks.set(number, webhook);
    onRollback(() => this.#webhooks.delete(number));
    register({ number, record, pauses: pauses as unknown as RegisteredWebhook["pauses"] });
    return webhook;
  }

  /** Whether the webhook exists: it may have been deleted. */
  exists(number: number): boolean {
    const { statements } = this.#context;
    return (
      this.#webhooks.has(number) ||
      statements.get("select 1 from webhooks where id = ?", number) !== undefined
    );
  }

  /** A pause begins: new deliveries of the webhook, or of the account's webhooks, would only fill the memory. */
  markSpilled(scope: PauseChange["scope"], id: string): void {
    if (scope === "webhook") {
      const webhook = this.#webhooks.get(findWebhookNumber(this.#context.statements, id) ?? 0);
      if (webhook !== undefined) webhook.isSpilled = true;
    } else
      for (const webhook of this.#webhooks.values())
        if (webhook.record.account === id) webhook.isSpilled = true;
  }

  getWebhook(number: number): CachedWebhook | undefined {
    return this.#webhooks.get(number);
  }

  evict(number: number): void {
    const webhook = this.#webhooks.get(number);
    if (webhook === undefined) return;
    this.#webhooks.delete(number);
    this.#context.onRollback(() => this.#webhooks.set(number, webhook));
  }

  /** Returns null if the account has no data. */
  findAccountNumber(key: string): number | null {
    const cached = this.#accounts.get(key);
    if (cached !== undefined) return cached.number;
    const found = this.#context.statements.get("select id from accounts where external_id = ?", key);
    return found === undefined ? null : Number(found["id"]);
  }

  #insertAccount(key: string): number {
    const { statements } = this.#context;
    statements.run("insert into accounts(external_id) values (?)", key);
    return Number(statements.get("select last_insert_rowid() as id")?.["id"]);
  }
}

export function getWebhookRecord(statements: Statements, webhook: number): WebhookRecord {
  const row = statements.get("select record from webhooks where id = ?", webhook);
  return JSON.parse(String(row?.["record"])) as WebhookRecord;
}

export function findWebhookNumber(statements: Statements, id: string): number | null {
  const row = statements.get("select id from webhooks where external_id = ?", id);
  return row === undefined ? null : Number(row["id"]);
}

export function getPauseRows(statements: Statements, scope: string, id: string): readonly Row[] {
  return statements.all("select scope, reason, until from pauses where scope = ? and target = ?", scope, id);
}
