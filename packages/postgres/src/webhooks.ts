import { HeronError } from "@heron-webhooks/core";
import type { Page, PageRequest, WebhookRecord, WebhookStore } from "@heron-webhooks/engine";
import { getPageLimit } from "@heron-webhooks/engine";
import type { Database, SqlClient } from "./database.ts";
import { getPauses } from "./pauses.ts";
import { incrementRulesVersion } from "./labels.ts";
import type { IdMap } from "./id-map.ts";
import { notifyLeaseOwners } from "./notify-lease-owners.ts";
import type { ProcessMember } from "./worker/worker.ts";

interface WebhookRow {
  readonly id: number;
  readonly account: number;
  readonly record: string;
}

export function createWebhookStore(
  database: Database,
  ids: IdMap,
  now: () => number,
  getMember: () => ProcessMember | null,
): WebhookStore {
  const { schema } = database;
  return {
    async create(record, limit) {
      const accountId = await ids.getAccountId(record.account);
      await database.transaction((client) => insertWebhook(client, schema, accountId, record, limit));
    },
    async get(id) {
      const [row] = await database.query<WebhookRow>(`select record from ${schema}.webhooks where key = $1`, [
        id,
      ]);
      return row === undefined ? null : parseRecord(row);
    },
    async update(id, version, change) {
      const record = await database.transaction(async (client) => {
        const { rows } = await client.query(
          `select id, account, record from ${schema}.webhooks where key = $1 and version = $2 for no key update`,
          [id, version],
        );
        const [row] = rows as readonly WebhookRow[];
        if (row === undefined) return null;
        const before = parseRecord(row);
        const record: WebhookRecord = { ...before, ...change, version: version + 1 };
        if (hasConditions(before) || hasConditions(record)) await incrementRulesVersion(client, schema, row.account);
        await client.query(
          `update ${schema}.webhooks set version = $2, record = $3, enabled = $4, conditional = $5 where id = $1`,
          [row.id, record.version, JSON.stringify(record), record.enabled, hasConditions(record)],
        );
        if (change.topics !== undefined) {
          await client.query(`delete from ${schema}.subscriptions where webhook = $1`, [row.id]);
          await insertSubscriptions(client, schema, row.account, row.id, record.topics);
        }
        await notifyLeaseOwners(client, schema, "webhook", row.id);
        return record;
      });
      if (record !== null) getMember()?.onWebhookChanged(record);
      return record;
    },
    async delete(id) {
      const isDeleted = await database.transaction((client) => deleteWebhook(client, schema, id, now()));
      if (isDeleted) getMember()?.onWebhookDeleted(id);
      return isDeleted;
    },
    async list({ account }, page) {
      const accountId = account === undefined ? null : ((await ids.findAccountId(account)) ?? 0);
      return listWebhooks(database, accountId, page);
    },
    pauses: (id) => getPauses(database, id, now()),
  };
}

function parseRecord({ record }: Pick<WebhookRow, "record">): WebhookRecord {
  return JSON.parse(record) as WebhookRecord;
}

export function hasConditions({ conditions }: Pick<WebhookRecord, "when">): boolean {
  return conditions !== undefined && conditions.length > 0;
}

async function insertWebhook(
  client: SqlClient,
  schema: string,
  accountId: number,
  record: WebhookRecord,
  limit: number,
): Promise<void> {
  // Of two that would be the last, one after the other.
  await client.query(`select from ${schema}.accounts where id = $1 for no key update`, [accountId]);
  const { rows: countRows } = await client.query(
    `select count(*)::int as had from ${schema}.webhooks where account = $1`,
    [accountId],
  );
  if ((countRows[0] as { readonly had: number }).had >= limit)
    throw new HeronError(
      "limit_reached",
      `The account has ${limit} webhooks, which is as many as it may have.`,
    );
  const { rows } = await client.query(
    `insert into ${schema}.webhooks(key, account, version, record, enabled, conditional) values ($1, $2, $3, $4, $5, $6) returning id`,
    [record.id, accountId, record.version, JSON.stringify(record), record.enabled, hasConditions(record)],
  );
  if (hasConditions(record)) await incrementRulesVersion(client, schema, accountId);
  const { id } = rows[0] as WebhookRow;
  await client.query(`insert into ${schema}.lanes(webhook, account) values ($1, $2)`, [id, accountId]);
  await insertSubscriptions(client, schema, accountId, id, record.topics);
}

async function insertSubscriptions(
  client: SqlClient,
  schema: string,
  accountId: number,
  webhookId: number,
  topics: readonly string[],
): Promise<void> {
  await client.query(
    `insert into ${schema}.subscriptions(account, pattern, webhook) select $1, unnest($2::text[]), $3`,
    [accountId, [...new Set(topics)], webhookId],
  );
}

/**
 * Removes a webhook. Nobody finds its deliveries any more, and what is attempted is lost; what waits goes in steps, since
 * there may be a million.
 */
async function deleteWebhook(client: SqlClient, schema: string, key: string, now: number): Promise<boolean> {
  const { rows } = await client.query(`select id from ${schema}.webhooks where key = $1 for update`, [key]);
  const [row] = rows as readonly WebhookRow[];
  if (row === undefined) return false;
  await client.query(
    `insert into ${schema}.wakes(worker, webhook) select holder, webhook from ${schema}.lanes where webhook = $1 and holder is not null`,
    [row.id],
  );
  await client.query(`delete from ${schema}.lanes where webhook = $1`, [row.id]);
  await client.query(
    `with gone as (delete from ${schema}.owed where holder is not null and webhook = $1 returning account),
      left_over as (select account from ${schema}.owed where holder is null and webhook = $1),
      tallied as (insert into ${schema}.tallies(account, pending)
        select account, -count(*) from (select account from gone union all select account from left_over) o group by account)
     insert into ${schema}.removed(webhook, counted, at, next) select $1, count(*), $2, $2 from left_over`,
    [row.id, now],
  );
  await client.query(`delete from ${schema}.gates where scope = 'webhook' and id = $1`, [row.id]);
  await client.query(`delete from ${schema}.webhooks where id = $1`, [row.id]);
  return true;
}

async function listWebhooks(
  database: Database,
  accountId: number | null,
  page: PageRequest,
): Promise<Page<WebhookRecord>> {
  const limit = getPageLimit(page);
  // A number, not an id: the webhook may have been removed meanwhile.
  const after = page.cursor === undefined ? 0 : Number.parseInt(page.cursor, 36) || 0;
  const rows = await database.query<WebhookRow>(
    `select id, record from ${database.schema}.webhooks where id > $1 ${accountId === null ? "" : "and account = $3"} order by id limit $2`,
    [Math.min(after, 2 ** 31 - 1), limit + 1, ...(accountId === null ? [] : [accountId])],
  );
  const data = rows.slice(0, limit).map(parseRecord);
  return { data, nextCursor: rows.length > limit ? (rows[limit - 1]?.id.toString(36) ?? null) : null };
}
