import { HeronError } from "@heron-webhooks/core";
import { getPageLimit } from "../../page.ts";
import type { Page, PageRequest, WebhookPatch, WebhookRecord } from "../../records.ts";
import type { StoreFile } from "./store-file.ts";
import { findWebhookNumber, getWebhookRecord } from "./webhook-cache.ts";

export function createWebhook(file: StoreFile, record: WebhookRecord, max: number): HeronError | null {
  const { statements } = file;
  const account = file.webhooks.loadAccount(record.account).number;
  const existing = statements.get("select count(*) as existing from webhooks where account = ?", account);
  if (Number(existing?.["existing"]) >= max)
    return new HeronError(
      "limit_reached",
      `The account has reached its limit of ${max} webhooks. Delete one first.`,
    );
  statements.run(
    "insert into webhooks(external_id, account, version, record) values (?, ?, ?, ?)",
    record.id,
    account,
    record.version,
    JSON.stringify(record),
  );
  subscribe(file, account, findWebhookNumber(file.statements, record.id) as number, record.topics);
  return null;
}

function subscribe(file: StoreFile, account: number, webhook: number, topics: readonly string[]): void {
  for (const pattern of new Set(topics))
    file.statements.run(
      "insert into subscriptions(account, pattern, webhook) values (?, ?, ?)",
      account,
      pattern,
      webhook,
    );
  file.subscriptions.clear();
}

export function getWebhook(file: StoreFile, id: string): WebhookRecord | null {
  const number = findWebhookNumber(file.statements, id);
  return number === null ? null : getWebhookRecord(file.statements, number);
}

export function updateWebhook(
  file: StoreFile,
  id: string,
  version: number,
  patch: WebhookPatch,
): WebhookRecord | null {
  const number = findWebhookNumber(file.statements, id);
  const previous = number === null ? null : getWebhookRecord(file.statements, number);
  if (number === null || previous === null || previous.version !== version) return null;
  const record: WebhookRecord = { ...previous, ...patch, version: version + 1 };
  file.statements.run(
    "update webhooks set version = ?, record = ? where id = ?",
    record.version,
    JSON.stringify(record),
    number,
  );
  if (patch.topics !== undefined) {
    file.statements.run(
      "delete from subscriptions where account = ? and webhook = ?",
      file.webhooks.loadAccount(previous.account).number,
      number,
    );
    subscribe(file, file.webhooks.loadAccount(previous.account).number, number, record.topics);
  }
  const cached = file.webhooks.getWebhook(number);
  if (cached !== undefined) {
    // Events published later in the same transaction must match the new record.
    cached.record = record;
    file.onRollback(() => {
      cached.record = previous;
    });
  }
  return record;
}

export function listWebhooks(
  file: StoreFile,
  { account }: { readonly account?: string | undefined },
  page: PageRequest,
): Page<WebhookRecord> {
  const limit = getPageLimit(page);
  // Compared by number: the cursor's webhook may have been deleted.
  const after = page.cursor === undefined ? 0 : Number.parseInt(page.cursor, 36) || 0;
  const rows =
    account === undefined
      ? file.statements.all(
          "select id, record from webhooks where id > ? order by id limit ?",
          after,
          limit + 1,
        )
      : file.statements.all(
          "select id, record from webhooks where account = ? and id > ? order by id limit ?",
          file.webhooks.findAccountNumber(account) ?? 0,
          after,
          limit + 1,
        );
  const data = rows.slice(0, limit).map(({ record }) => JSON.parse(String(record)) as WebhookRecord);
  return { data, nextCursor: rows.length > limit ? Number(rows[limit - 1]?.["id"]).toString(36) : null };
}
