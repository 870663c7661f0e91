import { HeronError } from "@heron-webhooks/core";
import { limitOf } from "../../page.ts";
import type { Page, PageRequest, WebhookChange, WebhookRecord } from "../../records.ts";
import { recordOf, webhookNumber } from "./met.ts";
import type { StoreFile } from "./store-file.ts";

export function createWebhook(file: StoreFile, record: WebhookRecord, max: number): HeronError | null {
  const { tables } = file;
  const account = file.met.account(record.account).number;
  const had = tables.get("select count(*) as had from webhooks where account = ?", account);
  if (Number(had?.["had"]) >= max)
    return new HeronError(
      "limit_reached",
      `The account has ${max} webhooks, which is as many as it may have.`,
    );
  tables.run(
    "insert into webhooks(key, account, version, record) values (?, ?, ?, ?)",
    record.id,
    account,
    record.version,
    JSON.stringify(record),
  );
  subscribe(file, account, webhookNumber(file.tables, record.id) as number, record.topics);
  return null;
}

function subscribe(file: StoreFile, account: number, webhook: number, topics: readonly string[]): void {
  for (const pattern of new Set(topics))
    file.tables.run(
      "insert into subscriptions(account, pattern, webhook) values (?, ?, ?)",
      account,
      pattern,
      webhook,
    );
  file.matching.forget();
}

export function getWebhook(file: StoreFile, id: string): WebhookRecord | null {
  const number = webhookNumber(file.tables, id);
  return number === null ? null : recordOf(file.tables, number);
}

export function updateWebhook(
  file: StoreFile,
  id: string,
  version: number,
  change: WebhookChange,
): WebhookRecord | null {
  const number = webhookNumber(file.tables, id);
  const old = number === null ? null : recordOf(file.tables, number);
  if (number === null || old === null || old.version !== version) return null;
  const record: WebhookRecord = { ...old, ...change, version: version + 1 };
  file.tables.run(
    "update webhooks set version = ?, record = ? where id = ?",
    record.version,
    JSON.stringify(record),
    number,
  );
  if (change.topics !== undefined) {
    file.tables.run(
      "delete from subscriptions where account = ? and webhook = ?",
      file.met.account(old.account).number,
      number,
    );
    subscribe(file, file.met.account(old.account).number, number, record.topics);
  }
  const met = file.met.webhookIfMet(number);
  if (met !== undefined) {
    // What is published next, in the same transaction, goes by it.
    met.record = record;
    file.undo(() => {
      met.record = old;
    });
  }
  return record;
}

export function listWebhooks(
  file: StoreFile,
  { account }: { readonly account?: string | undefined },
  page: PageRequest,
): Page<WebhookRecord> {
  const limit = limitOf(page);
  // A number, not an id: the webhook may have been removed meanwhile.
  const after = page.after === undefined ? 0 : Number.parseInt(page.after, 36) || 0;
  const rows =
    account === undefined
      ? file.tables.all("select id, record from webhooks where id > ? order by id limit ?", after, limit + 1)
      : file.tables.all(
          "select id, record from webhooks where account = ? and id > ? order by id limit ?",
          file.met.accountNumber(account) ?? 0,
          after,
          limit + 1,
        );
  const items = rows.slice(0, limit).map(({ record }) => JSON.parse(String(record)) as WebhookRecord);
  return { items, next: rows.length > limit ? Number(rows[limit - 1]?.["id"]).toString(36) : null };
}
