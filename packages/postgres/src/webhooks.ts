import { HeronError } from "@heron-webhooks/core";
import type { Page, PageRequest, WebhookRecord, WebhookStore } from "@heron-webhooks/engine";
import { getPageLimit } from "@heron-webhooks/engine";
import type { Database, SqlClient } from "./database.ts";
import type { IdMap } from "./id-map.ts";
import { incrementRulesVersion } from "./labels.ts";
import { notifyLeaseOwners } from "./notify-lease-owners.ts";
import { getPauses } from "./pauses.ts";
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
      const [row] = await database.query<WebhookRow>(
        `select record from ${schema}.webhooks where external_id = $1`,
        [id],
      );
      return row === undefined ? null : parseRecord(row);
    },
    async update(id, version, change) {
      const record = await database.transaction(async (client) => {
        const { rows } = await client.query(
          `select id, account, record from ${schema}.webhooks where external_id = $1 and version = $2 for no key update`,
          [id, version],
        );
        const [row] = rows as readonly WebhookRow[];
        if (row === undefined) return null;
        const before = parseRecord(row);
        const record: WebhookRecord = { ...before, ...change, version: version + 1 };
        if (hasConditions(before) || hasConditions(record))
          await incrementRulesVersion(client, schema, row.account);
        await client.query(
          `update ${schema}.webhooks set version = $2, record = $3, enabled = $4, has_conditions = $5 where id = $1`,
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

export function hasConditions({ conditions }: Pick<WebhookRecord, "conditions">): boolean {
  return conditions !== undefined && conditions.length > 0;
}

async function insertWebhook(
  client: SqlClient,
  schema: string,
  accountId: number,
  record: WebhookRecord,
  limit: number,
): Promise<void> {
  // Lock the account, so that concurrent calls cannot exceed the limit.
  await client.query(`select from ${schema}.accounts where id = $1 for no key update`, [accountId]);
  const { rows: countRows } = await client.query(
    `select count(*)::int as count from ${schema}.webhooks where account = $1`,
    [accountId],
  );
  if ((countRows[0] as { readonly count: number }).count >= limit)
    throw new HeronError("limit_reached", `The account has reached its limit of ${limit} webhooks.`);
  const { rows } = await client.query(
    `insert into ${schema}.webhooks(external_id, account, version, record, enabled, has_conditions) values ($1, $2, $3, $4, $5, $6) returning id`,
    [record.id, accountId, record.version, JSON.stringify(record), record.enabled, hasConditions(record)],
  );
  if (hasConditions(record)) await incrementRulesVersion(client, schema, accountId);
  const { id } = rows[0] as WebhookRow;
  await client.query(`insert into ${schema}.webhook_leases(webhook, account) values ($1, $2)`, [
    id,
    accountId,
  ]);
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
 * Deletes a webhook. Its deliveries are no longer found, and the results of current attempts are lost. Pruning deletes its
 * stored deliveries in steps, since there may be a million.
 */
async function deleteWebhook(
  client: SqlClient,
  schema: string,
  externalId: string,
  now: number,
): Promise<boolean> {
  const { rows } = await client.query(`select id from ${schema}.webhooks where external_id = $1 for update`, [
    externalId,
  ]);
  const [row] = rows as readonly WebhookRow[];
  if (row === undefined) return false;
  await client.query(
    `insert into ${schema}.notifications(process, webhook) select owner, webhook from ${schema}.webhook_leases where webhook = $1 and owner is not null`,
    [row.id],
  );
  await client.query(`delete from ${schema}.webhook_leases where webhook = $1`, [row.id]);
  await client.query(
    `with deleted as (delete from ${schema}.pending_deliveries where owner is not null and webhook = $1 returning account),
      remaining as (select account from ${schema}.pending_deliveries where owner is null and webhook = $1),
      counted as (insert into ${schema}.pending_counters(account, delta)
        select account, -count(*) from (select account from deleted union all select account from remaining) d group by account)
     insert into ${schema}.deleted_webhooks(webhook, uncounted_deliveries, deleted_at, next_check_at)
       select $1, count(*), $2, $2 from remaining`,
    [row.id, now],
  );
  await client.query(`delete from ${schema}.pauses where scope = 'webhook' and target = $1`, [row.id]);
  await client.query(`delete from ${schema}.webhooks where id = $1`, [row.id]);
  return true;
}

async function listWebhooks(
  database: Database,
  accountId: number | null,
  page: PageRequest,
): Promise<Page<WebhookRecord>> {
  const limit = getPageLimit(page);
  // A number and not an id: the webhook of the cursor may have been deleted.
  const after = page.cursor === undefined ? 0 : Number.parseInt(page.cursor, 36) || 0;
  const rows = await database.query<WebhookRow>(
    `select id, record from ${database.schema}.webhooks where id > $1 ${accountId === null ? "" : "and account = $3"} order by id limit $2`,
    [Math.min(after, 2 ** 31 - 1), limit + 1, ...(accountId === null ? [] : [accountId])],
  );
  const data = rows.slice(0, limit).map(parseRecord);
  return { data, nextCursor: rows.length > limit ? (rows[limit - 1]?.id.toString(36) ?? null) : null };
}
