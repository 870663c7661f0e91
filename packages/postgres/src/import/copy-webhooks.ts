import { HeronError } from "@heron-webhooks/core";
import type { WebhookRecord } from "@heron-webhooks/engine";
import type { SqlClient } from "../database.ts";
import { hasConditions } from "../webhooks.ts";
import { getAccountIds, toPauseEnd } from "./copy-accounts.ts";
import { type Batch, chunkRows, toPostgresText, type ImportContext } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Webhooks as they are kept, with what they subscribe to and their gates, in the order in which they were created. */
export function* copyWebhooks(context: ImportContext, after: string | null): Generator<Batch> {
  const rows = context.source.rows(
    `select w.id, w.key, w.version, w.record, a.key as account from webhooks w cross join accounts a
     where a.id = w.account and w.id > ? order by w.id`,
    Number(after ?? 0),
  );
  for (const chunk of chunkRows(rows, context.batchSize, (row) => String(row["record"]).length))
    yield {
      after: String(chunk.at(-1)?.["id"]),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(context.ids, chunk, "account");
        const idByKey = await insertWebhooks(client, context.schema, chunk, accounts);
        await insertSubscriptions(client, context.schema, chunk, accounts, idByKey);
        await client.query(`update ${context.schema}.accounts set rules = rules + 1 where id = any($1)`, [
          accounts.filter((_, i) => hasConditions(parseRecord(chunk[i] as Row))),
        ]);
        await insertPauses(client, context, chunk, idByKey);
        await insertLeases(client, context.schema, [...idByKey.values()]);
        return { webhooks: chunk.length };
      },
    };
}

/** Gives the numbers here, by their ids. */
async function insertWebhooks(
  client: SqlClient,
  schema: string,
  sourceRows: readonly Row[],
  accounts: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query(
    `insert into ${schema}.webhooks(key, account, version, enabled, conditional, record)
     select key, account, version, enabled, conditional, record
     from unnest($1::text[], $2::int[], $3::int[], $4::boolean[], $5::boolean[], $6::text[])
       with ordinality w(key, account, version, enabled, conditional, record, nth)
     order by nth on conflict (key) do nothing returning id, key`,
    [
      sourceRows.map((row) => row["key"]),
      accounts,
      sourceRows.map((row) => row["version"]),
      sourceRows.map((row) => parseRecord(row).enabled),
      sourceRows.map((row) => hasConditions(parseRecord(row))),
      sourceRows.map((row) => toPostgresText(row["record"])),
    ],
  );
  const added = rows as readonly { readonly id: number; readonly key: string }[];
  const idByKey = new Map(added.map(({ id, key }) => [key, id]));
  const existing = sourceRows.find((row) => !idByKey.has(String(row["key"])));
  if (existing !== undefined)
    throw new HeronError(
      "store_unavailable",
      `The schema ${schema} has the webhook ${existing["key"]} already, and not from this file: move the file to a schema of its own, with --schema.`,
    );
  return idByKey;
}

async function insertSubscriptions(
  client: SqlClient,
  schema: string,
  sourceRows: readonly Row[],
  accounts: readonly number[],
  idByKey: ReadonlyMap<string, number>,
): Promise<void> {
  const patterns = sourceRows.flatMap((row, i) =>
    [...new Set(parseRecord(row).topics)].map((pattern) => ({
      account: accounts[i],
      pattern,
      webhook: idByKey.get(String(row["key"])),
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
  idByKey: ReadonlyMap<string, number>,
): Promise<void> {
  const pauses = [
    ...source.rows(
      `select w.key, g.gate, g.until from webhooks w cross join gates g
       where w.id between ? and ? and g.scope = 'webhook' and g.id = w.key`,
      chunk[0]?.["id"] ?? 0,
      chunk.at(-1)?.["id"] ?? 0,
    ),
  ];
  await client.query(
    `insert into ${schema}.gates(scope, id, gate, until) select 'webhook', * from unnest($1::int[], $2::text[], $3::bigint[])`,
    [
      pauses.map((row) => idByKey.get(String(row["key"]))),
      pauses.map((row) => row["gate"]),
      pauses.map((row) => toPauseEnd(row["until"])),
    ],
  );
}

/** Behind a closed gate, what is new is not for the memory. */
async function insertLeases(client: SqlClient, schema: string, webhookIds: readonly number[]): Promise<void> {
  await client.query(
    `insert into ${schema}.lanes(webhook, account, spilled)
     select w.id, w.account, exists (select from ${schema}.gates g
       where (g.scope = 'webhook' and g.id = w.id) or (g.scope = 'account' and g.id = w.account))
     from ${schema}.webhooks w where w.id = any($1)`,
    [webhookIds],
  );
}

function parseRecord(row: Row): WebhookRecord {
  return JSON.parse(String(row["record"])) as WebhookRecord;
}
