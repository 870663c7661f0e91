import type { Introduced } from "../../../queue/lanes.ts";
import type { GateChange } from "../../gates.ts";
import type { WebhookRecord } from "../../records.ts";
import type { Row, Tables } from "./tables.ts";

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
  /** Something that is due waits in the file, or nothing could be attempted: so what is new waits there too. */
  spilled: boolean;
  /** What of the waiting rows is in memory. */
  readonly loaded: Set<number>;
}

export interface MetContext {
  readonly tables: Tables;
  /** What takes back an acquaintance, should the transaction fail in which it was made. */
  readonly undo: (undo: () => void) => void;
  /** Introduces a webhook to the other side, which schedules. */
  readonly introduce: (introduced: Introduced) => void;
}

/** The accounts and webhooks that have had something to do. */
export class Met {
  readonly #context: MetContext;
  readonly #accounts = new Map<string, Account>();
  readonly #webhooks = new Map<number, Webhook>();

  constructor(context: MetContext) {
    this.#context = context;
  }

  account(key: string): Account {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const { tables, undo } = this.#context;
    const number = this.accountNumber(key) ?? this.#newAccount(key);
    const pending = tables.get(
      "select count(*) as pending from webhooks w join deliveries d on d.webhook = w.id and d.state = 3 where w.account = ?",
      number,
    );
    const account = { number, pending: Number(pending?.["pending"]) };
    this.#accounts.set(key, account);
    undo(() => this.#accounts.delete(key));
    return account;
  }

  /** One that is met for the first time is introduced. */
  webhook(number: number): Webhook {
    const known = this.#webhooks.get(number);
    if (known !== undefined) return known;
    const { tables, undo, introduce } = this.#context;
    const record = recordOf(tables, number);
    const account = this.account(record.account);
    const gates = [...gateRows(tables, "webhook", record.id), ...gateRows(tables, "account", record.account)];
    const webhook: Webhook = { number, account, record, spilled: gates.length > 0, loaded: new Set() };
    this.#webhooks.set(number, webhook);
    undo(() => this.#webhooks.delete(number));
    introduce({ number, record, gates: gates as unknown as Introduced["gates"] });
    return webhook;
  }

  /** Whether it has been met, or could be: it may have been removed. */
  isThere(number: number): boolean {
    const { tables } = this.#context;
    return (
      this.#webhooks.has(number) || tables.get("select 1 from webhooks where id = ?", number) !== undefined
    );
  }

  /** A gate closes: what is new for the webhook, or for each of the account's, would only fill the memory. */
  closed(scope: GateChange["scope"], id: string): void {
    if (scope === "webhook") {
      const webhook = this.#webhooks.get(webhookNumber(this.#context.tables, id) ?? 0);
      if (webhook !== undefined) webhook.spilled = true;
    } else
      for (const webhook of this.#webhooks.values())
        if (webhook.record.account === id) webhook.spilled = true;
  }

  webhookIfMet(number: number): Webhook | undefined {
    return this.#webhooks.get(number);
  }

  forget(number: number): void {
    const webhook = this.#webhooks.get(number);
    if (webhook === undefined) return;
    this.#webhooks.delete(number);
    this.#context.undo(() => this.#webhooks.set(number, webhook));
  }

  /** Null for one that has never had anything. */
  accountNumber(key: string): number | null {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known.number;
    const found = this.#context.tables.get("select id from accounts where key = ?", key);
    return found === undefined ? null : Number(found["id"]);
  }

  #newAccount(key: string): number {
    const { tables } = this.#context;
    tables.run("insert into accounts(key) values (?)", key);
    return Number(tables.get("select last_insert_rowid() as id")?.["id"]);
  }
}

export function recordOf(tables: Tables, webhook: number): WebhookRecord {
  const row = tables.get("select record from webhooks where id = ?", webhook);
  return JSON.parse(String(row?.["record"])) as WebhookRecord;
}

export function webhookNumber(tables: Tables, id: string): number | null {
  const row = tables.get("select id from webhooks where key = ?", id);
  return row === undefined ? null : Number(row["id"]);
}

export function gateRows(tables: Tables, scope: string, id: string): readonly Row[] {
  return tables.all("select scope, gate, until from gates where scope = ? and id = ?", scope, id);
}
