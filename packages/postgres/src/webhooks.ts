import { HeronError } from "@heron-webhooks/core";
import type { Page, PageRequest, WebhookRecord, WebhookStore } from "@heron-webhooks/engine";
import { limitOf } from "@heron-webhooks/engine";
import type { Database, Queryable } from "./database.ts";
import { gatesOf } from "./gates.ts";
import { changeRules } from "./labels.ts";
import type { Names } from "./names.ts";
import { tellOf } from "./told.ts";
import type { Worker } from "./worker/worker.ts";

interface WebhookRow {
  readonly id: number;
  readonly account: number;
  readonly record: string;
}

export function postgresWebhooks(
  database: Database,
  names: Names,
  now: () => number,
  worker: () => Worker | null,
): WebhookStore {
  const { schema } = database;
  return {
    async create(record, max) {
      const account = await names.account(record.account);
      await database.transaction((client) => create(client, schema, account, record, max));
    },
    async get(id) {
      const [row] = await database.query<WebhookRow>(`select record from ${schema}.webhooks where key = $1`, [
        id,
      ]);
      return row === undefined ? null : recordOf(row);
    },
    async update(id, version, change) {
      const record = await database.transaction(async (client) => {
        const { rows } = await client.query(
          `select id, account, record from ${schema}.webhooks where key = $1 and version = $2 for no key update`,
          [id, version],
        );
        const [row] = rows as readonly WebhookRow[];
        if (row === undefined) return null;
        const before = recordOf(row);
        const record: WebhookRecord = { ...before, ...change, version: version + 1 };
        if (isConditional(before) || isConditional(record)) await changeRules(client, schema, row.account);
        await client.query(
          `update ${schema}.webhooks set version = $2, record = $3, enabled = $4, conditional = $5 where id = $1`,
          [row.id, record.version, JSON.stringify(record), record.enabled, isConditional(record)],
        );
        if (change.topics !== undefined) {
          await client.query(`delete from ${schema}.subscriptions where webhook = $1`, [row.id]);
          await subscribe(client, schema, row.account, row.id, record.topics);
        }
        await tellOf(client, schema, "webhook", row.id);
        return record;
      });
      if (record !== null) worker()?.changed(record);
      return record;
    },
    async remove(id) {
      const isRemoved = await database.transaction((client) => remove(client, schema, id, now()));
      if (isRemoved) worker()?.removed(id);
      return isRemoved;
    },
    async list({ account }, page) {
      const of = account === undefined ? null : ((await names.find(account)) ?? 0);
      return list(database, of, page);
    },
    gates: (id) => gatesOf(database, id, now()),
  };
}

function recordOf({ record }: Pick<WebhookRow, "record">): WebhookRecord {
  return JSON.parse(record) as WebhookRecord;
}

export function isConditional({ when }: Pick<WebhookRecord, "when">): boolean {
  return when !== undefined && when.length > 0;
}

async function create(
  client: Queryable,
  schema: string,
  account: number,
  record: WebhookRecord,
  max: number,
): Promise<void> {
  // Of two that would be the last, one after the other.
  await client.query(`select from ${schema}.accounts where id = $1 for no key update`, [account]);
  const { rows: counted } = await client.query(
    `select count(*)::int as had from ${schema}.webhooks where account = $1`,
    [account],
  );
  if ((counted[0] as { readonly had: number }).had >= max)
    throw new HeronError(
      "limit_reached",
      `The account has ${max} webhooks, which is as many as it may have.`,
    );
  const { rows } = await client.query(
    `insert into ${schema}.webhooks(key, account, version, record, enabled, conditional) values ($1, $2, $3, $4, $5, $6) returning id`,
    [record.id, account, record.version, JSON.stringify(record), record.enabled, isConditional(record)],
  );
  if (isConditional(record)) await changeRules(client, schema, account);
  const { id } = rows[0] as WebhookRow;
  await client.query(`insert into ${schema}.lanes(webhook, account) values ($1, $2)`, [id, account]);
  await subscribe(client, schema, account, id, record.topics);
}

async function subscribe(
  client: Queryable,
  schema: string,
  account: number,
  webhook: number,
  topics: readonly string[],
): Promise<void> {
  await client.query(
    `insert into ${schema}.subscriptions(account, pattern, webhook) select $1, unnest($2::text[]), $3`,
    [account, [...new Set(topics)], webhook],
  );
}

/**
 * Removes a webhook. Nobody finds its deliveries any more, and what is attempted is lost; what waits goes in steps, since
 * there may be a million.
 */
async function remove(client: Queryable, schema: string, key: string, now: number): Promise<boolean> {
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

async function list(
  database: Database,
  account: number | null,
  page: PageRequest,
): Promise<Page<WebhookRecord>> {
  const limit = limitOf(page);
  // A number, not an id: the webhook may have been removed meanwhile.
  const after = page.after === undefined ? 0 : Number.parseInt(page.after, 36) || 0;
  const rows = await database.query<WebhookRow>(
    `select id, record from ${database.schema}.webhooks where id > $1 ${account === null ? "" : "and account = $3"} order by id limit $2`,
    [Math.min(after, 2 ** 31 - 1), limit + 1, ...(account === null ? [] : [account])],
  );
  const items = rows.slice(0, limit).map(recordOf);
  return { items, next: rows.length > limit ? (rows[limit - 1]?.id.toString(36) ?? null) : null };
}
