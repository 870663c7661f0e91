import { HeronError } from "@heron-webhooks/core";
import type { WebhookRecord } from "@heron-webhooks/engine";
import type { Queryable } from "../database.ts";
import { isConditional } from "../webhooks.ts";
import { accountsOf, untilOf } from "./accounts.ts";
import { type Batch, chunks, text, type Way } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Webhooks as they are kept, with what they subscribe to and their gates, in the order in which they were created. */
export function* webhooks(way: Way, after: string | null): Generator<Batch> {
  const rows = way.source.rows(
    `select w.id, w.key, w.version, w.record, a.key as account from webhooks w cross join accounts a
     where a.id = w.account and w.id > ? order by w.id`,
    Number(after ?? 0),
  );
  for (const found of chunks(rows, way.size, (row) => String(row["record"]).length))
    yield {
      after: String(found.at(-1)?.["id"]),
      units: found.length,
      async write(client) {
        const accounts = await accountsOf(way.names, found, "account");
        const numbers = await addWebhooks(client, way.schema, found, accounts);
        await subscribe(client, way.schema, found, accounts, numbers);
        await client.query(`update ${way.schema}.accounts set rules = rules + 1 where id = any($1)`, [
          accounts.filter((_, i) => isConditional(recordOf(found[i] as Row))),
        ]);
        await closeGates(client, way, found, numbers);
        await addLanes(client, way.schema, [...numbers.values()]);
        return { webhooks: found.length };
      },
    };
}

/** Gives the numbers here, by their ids. */
async function addWebhooks(
  client: Queryable,
  schema: string,
  found: readonly Row[],
  accounts: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query(
    `insert into ${schema}.webhooks(key, account, version, enabled, conditional, record)
     select key, account, version, enabled, conditional, record
     from unnest($1::text[], $2::int[], $3::int[], $4::boolean[], $5::boolean[], $6::text[])
       with ordinality w(key, account, version, enabled, conditional, record, nth)
     order by nth on conflict (key) do nothing returning id, key`,
    [
      found.map((row) => row["key"]),
      accounts,
      found.map((row) => row["version"]),
      found.map((row) => recordOf(row).enabled),
      found.map((row) => isConditional(recordOf(row))),
      found.map((row) => text(row["record"])),
    ],
  );
  const added = rows as readonly { readonly id: number; readonly key: string }[];
  const numbers = new Map(added.map(({ id, key }) => [key, id]));
  const there = found.find((row) => !numbers.has(String(row["key"])));
  if (there !== undefined)
    throw new HeronError(
      "store_unavailable",
      `The schema ${schema} has the webhook ${there["key"]} already, and not from this file: move the file to a schema of its own, with --schema.`,
    );
  return numbers;
}

async function subscribe(
  client: Queryable,
  schema: string,
  found: readonly Row[],
  accounts: readonly number[],
  numbers: ReadonlyMap<string, number>,
): Promise<void> {
  const patterns = found.flatMap((row, i) =>
    [...new Set(recordOf(row).topics)].map((pattern) => ({
      account: accounts[i],
      pattern,
      webhook: numbers.get(String(row["key"])),
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

async function closeGates(
  client: Queryable,
  { source, schema }: Way,
  found: readonly Row[],
  numbers: ReadonlyMap<string, number>,
): Promise<void> {
  const gates = [
    ...source.rows(
      `select w.key, g.gate, g.until from webhooks w cross join gates g
       where w.id between ? and ? and g.scope = 'webhook' and g.id = w.key`,
      found[0]?.["id"] ?? 0,
      found.at(-1)?.["id"] ?? 0,
    ),
  ];
  await client.query(
    `insert into ${schema}.gates(scope, id, gate, until) select 'webhook', * from unnest($1::int[], $2::text[], $3::bigint[])`,
    [
      gates.map((row) => numbers.get(String(row["key"]))),
      gates.map((row) => row["gate"]),
      gates.map((row) => untilOf(row["until"])),
    ],
  );
}

/** Behind a closed gate, what is new is not for the memory. */
async function addLanes(client: Queryable, schema: string, numbers: readonly number[]): Promise<void> {
  await client.query(
    `insert into ${schema}.lanes(webhook, account, spilled)
     select w.id, w.account, exists (select from ${schema}.gates g
       where (g.scope = 'webhook' and g.id = w.id) or (g.scope = 'account' and g.id = w.account))
     from ${schema}.webhooks w where w.id = any($1)`,
    [numbers],
  );
}

function recordOf(row: Row): WebhookRecord {
  return JSON.parse(String(row["record"])) as WebhookRecord;
}
