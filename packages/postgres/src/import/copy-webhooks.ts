import { HeronError } from "@heron-webhooks/core";
import type { WebhookRecord } from "@heron-webhooks/engine";
import type { SqlClient } from "../database.ts";
import { hasConditions } from "../webhooks.ts";
import { type Batch, chunkRows, type ImportContext, toPostgresText } from "./batch.ts";
import { getAccountIds, toPauseEnd } from "./copy-accounts.ts";
import type { Row } from "./source-file.ts";

/** Copies webhooks with their subscriptions and pauses, in the order in which they were created. */
export function* copyWebhooks(context: ImportContext, after: string | null): Generator<Batch> {
  const rows = context.source.rows(
    `select w.id, w.external_id, w.version, w.record, a.external_id as account from webhooks w cross join accounts a
     where a.id = w.account and w.id > ? order by w.id`,
    Number(after ?? 0),
  );
  for (const chunk of chunkRows(rows, context.batchSize, (row) => String(row["record"]).length))
    yield {
      after: String(chunk.at(-1)?.["id"]),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(context.ids, chunk, "account");
        const idByExternalId = await insertWebhooks(client, context.schema, chunk, accounts);
        await insertSubscriptions(client, context.schema, chunk, accounts, idByExternalId);
        await client.query(
          `update ${context.schema}.accounts set rules_version = rules_version + 1 where id = any($1)`,
          [accounts.filter((_, i) => hasConditions(parseRecord(chunk[i] as Row)))],
        );
        await insertPauses(client, context, chunk, idByExternalId);
        await insertLeases(client, context.schema, [...idByExternalId.values()]);
        return { webhooks: chunk.length };
      },
    };
}

/** Returns the number of each webhook here, by its id. */
async function insertWebhooks(
  client: SqlClient,
  schema: string,
  sourceRows: readonly Row[],
  accounts: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query(
    `insert into ${schema}.webhooks(external_id, account, version, enabled, has_conditions, record)
     select external_id, account, version, enabled, has_conditions, record
     from unnest($1::text[], $2::int[], $3::int[], $4::boolean[], $5::boolean[], $6::text[])
       with ordinality w(external_id, account, version, enabled, has_conditions, record, nth)
     order by nth on conflict (external_id) do nothing returning id, external_id as "externalId"`,
    [
      sourceRows.map((row) => row["external_id"]),
      accounts,
      sourceRows.map((row) => row["version"]),
      sourceRows.map((row) => parseRecord(row).enabled),
      sourceRows.map((row) => hasConditions(parseRecord(row))),
      sourceRows.map((row) => toPostgresText(row["record"])),
    ],
  );
  const added = rows as readonly { readonly id: number; readonly externalId: string }[];
  const idByExternalId = new Map(added.map(({ id, externalId }) => [externalId, id]));
  const existing = sourceRows.find((row) => !idByExternalId.has(String(row["external_id"])));
  if (existing !== undefined)
    throw new HeronError(
      "store_unavailable",
      `The schema ${schema} already has the webhook ${existing["external_id"]}, which was not imported from this file. Import the file into another schema, with --schema.`,
    );
  return idByExternalId;
}

async function insertSubscriptions(
  client: SqlClient,
  schema: string,
  sourceRows: readonly Row[],
  accounts: readonly number[],
  idByExternalId: ReadonlyMap<string, number>,
): Promise<void> {
  const patterns = sourceRows.flatMap((row, i) =>
    [...new Set(parseRecord(row).topics)].map((pattern) => ({
      account: accounts[i],
      pattern,
      webhook: idByExternalId.get(String(row["external_id"])),
    })),
  );
  await client.query(
    `insert into ${schema}.subscriptions(account, pattern, webhook) select * from unnest($1::int[], $2::text[], $3::int[])`,
    [
      patterns.map(({ account }) => account),
      patterns.map(({ pattern }) => pattern),
      patterns.map(({ webhook }) => webhook),
    ],
  );
}

async function insertPauses(
  client: SqlClient,
  { source, schema }: ImportContext,
  chunk: readonly Row[],
  idByExternalId: ReadonlyMap<string, number>,
): Promise<void> {
  const pauses = [
    ...source.rows(
      `select p.target, p.reason, p.until from webhooks w cross join pauses p
       where w.id between ? and ? and p.scope = 'webhook' and p.target = w.external_id`,
      chunk[0]?.["id"] ?? 0,
      chunk.at(-1)?.["id"] ?? 0,
    ),
  ];
  await client.query(
    `insert into ${schema}.pauses(scope, target, reason, until) select 'webhook', * from unnest($1::int[], $2::text[], $3::bigint[])`,
    [
      pauses.map((row) => idByExternalId.get(String(row["target"]))),
      pauses.map((row) => row["reason"]),
      pauses.map((row) => toPauseEnd(row["until"])),
    ],
  );
}

/** New deliveries of a paused webhook do not enter memory. */
async function insertLeases(client: SqlClient, schema: string, webhookIds: readonly number[]): Promise<void> {
  await client.query(
    `insert into ${schema}.webhook_leases(webhook, account, spilled)
     select w.id, w.account, exists (select from ${schema}.pauses p
       where (p.scope = 'webhook' and p.target = w.id) or (p.scope = 'account' and p.target = w.account))
     from ${schema}.webhooks w where w.id = any($1)`,
    [webhookIds],
  );
}

function parseRecord(row: Row): WebhookRecord {
  return JSON.parse(String(row["record"])) as WebhookRecord;
}
