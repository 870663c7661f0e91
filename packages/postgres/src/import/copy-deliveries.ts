import type { SqlClient } from "../database.ts";
import { chunkRows, toPostgresTextOrNull, type ImportContext, roundToInteger } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Some of the events of a file, as what stands behind `from` and `where`; and the column that they are found by. */
export interface EventSelection {
  readonly from: string;
  readonly where: string;
  readonly key: string;
}

/** A delivery of the file's, and its webhook's number here. */
interface DeliveryToCopy {
  readonly row: Row;
  readonly webhook: number;
  readonly account: number;
}

const DELIVERED = 4;

/**
 * Deliveries of events from one to another: those that were born with them, and those that were put down later. Without
 * the plus SQLite would make an index of all there are, for this once.
 */
function toDeliveriesQuery({ from, where, key }: EventSelection): string {
  const condition = `${where} and ${key} between ?1 and ?2`;
  return `(select d.*, e.at as published from ${from} cross join deliveries d
    where ${condition} and d.id >= e.first and d.id < e.first + e.count and +d.event = e.id
   union all select d.*, e.at from ${from} cross join missed m cross join deliveries d
    where ${condition} and m.event = e.id and d.id = m.delivery)`;
}

/** Those of webhooks that were removed stay behind. */
export async function copyDeliveries(
  client: SqlClient,
  context: ImportContext,
  selection: EventSelection,
  first: number,
  last: number,
): Promise<{ readonly pending: number; readonly settled: number }> {
  const rows = context.source.rows(
    `select d.*, w.key as name, coalesce(r.at, d.published) as since, coalesce(r.attempts, 0) as before
     from ${toDeliveriesQuery(selection)} d join webhooks w on w.id = d.webhook left join revived r on r.delivery = d.id`,
    first,
    last,
  );
  const counts = { pending: 0, settled: 0 };
  for (const chunk of chunkRows(rows, context.batchSize)) {
    const deliveries = await addWebhookIds(client, context.schema, chunk);
    const pending = deliveries.filter(({ row }) => Number(row["state"]) < DELIVERED);
    const settled = deliveries.filter(({ row }) => Number(row["state"]) >= DELIVERED);
    if (pending.length > 0) await insertPending(client, context, pending);
    if (settled.length > 0) await insertLog(client, context, settled);
    counts.pending += pending.length;
    counts.settled += settled.length;
  }
  return counts;
}

/** A webhook may be removed here while the file is moved; none is until the transaction has ended. */
async function addWebhookIds(
  client: SqlClient,
  schema: string,
  rows: readonly Row[],
): Promise<readonly DeliveryToCopy[]> {
  const { rows: webhooks } = await client.query(
    `select id, key, account from ${schema}.webhooks where key = any($1) for key share`,
    [[...new Set(rows.map((row) => row["name"]))]],
  );
  const byKey = new Map(
    (webhooks as readonly { readonly id: number; readonly key: string; readonly account: number }[]).map(
      (webhook) => [webhook.key, webhook],
    ),
  );
  return rows.flatMap((row) => {
    const webhook = byKey.get(String(row["name"]));
    return webhook === undefined ? [] : [{ row, webhook: webhook.id, account: webhook.account }];
  });
}

async function insertPending(client: SqlClient, context: ImportContext, deliveries: readonly DeliveryToCopy[]): Promise<void> {
  const { schema } = context;
  await client.query(
    `with added as (
       insert into ${schema}.owed(id, webhook, account, event, attempts, status, reason, due, since, before)
       select * from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::bigint[], $9::bigint[], $10::int[])
       returning account)
     insert into ${schema}.tallies(account, pending) select account, count(*) from added group by account`,
    [
      ...toSharedColumns(context, deliveries),
      deliveries.map(({ row }) => roundToInteger(row["due"])),
      deliveries.map(({ row }) => roundToInteger(row["since"])),
      deliveries.map(({ row }) => row["before"]),
    ],
  );
}

async function insertLog(client: SqlClient, context: ImportContext, deliveries: readonly DeliveryToCopy[]): Promise<void> {
  await client.query(
    `insert into ${context.schema}.settled(id, webhook, account, event, attempts, status, reason, dead, ms, at)
     select * from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::boolean[], $9::int[], $10::bigint[])`,
    [
      ...toSharedColumns(context, deliveries),
      deliveries.map(({ row }) => Number(row["state"]) !== DELIVERED),
      // Before the first attempt the file has a number there that says nothing, as it has for the status.
      deliveries.map(({ row }) => (Number(row["attempts"]) === 0 ? null : roundToInteger(row["ms"]))),
      deliveries.map(({ row }) => roundToInteger(row["due"])),
    ],
  );
}

/** The columns that what is owed and what is settled have in common. */
function toSharedColumns({ deliveryIdOffset, eventIdOffset }: ImportContext, deliveries: readonly DeliveryToCopy[]): readonly unknown[] {
  return [
    deliveries.map(({ row }) => deliveryIdOffset + Number(row["id"])),
    deliveries.map(({ webhook }) => webhook),
    deliveries.map(({ account }) => account),
    deliveries.map(({ row }) => eventIdOffset + Number(row["event"])),
    deliveries.map(({ row }) => row["attempts"]),
    deliveries.map(({ row }) => (Number(row["attempts"]) === 0 ? null : Number(row["status"]) || null)),
    deliveries.map(({ row }) => toPostgresTextOrNull(row["reason"])),
  ];
}

/** Gives their number. */
export async function copyAttempts(
  client: SqlClient,
  { source, schema, deliveryIdOffset, batchSize }: ImportContext,
  selection: EventSelection,
  first: number,
  last: number,
): Promise<number> {
  const rows = source.rows(
    `select a.* from ${toDeliveriesQuery(selection)} d join webhooks w on w.id = d.webhook join attempts a on a.delivery = d.id`,
    first,
    last,
  );
  let count = 0;
  for (const chunk of chunkRows(rows, batchSize, (row) => String(row["answer"]).length)) {
    await client.query(
      `insert into ${schema}.attempts(delivery, n, at, status, ms, reason, answer)
       select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::text[])`,
      [
        chunk.map((row) => deliveryIdOffset + Number(row["delivery"])),
        chunk.map((row) => row["n"]),
        chunk.map((row) => roundToInteger(row["at"])),
        chunk.map((row) => row["status"]),
        chunk.map((row) => roundToInteger(row["ms"])),
        chunk.map((row) => toPostgresTextOrNull(row["reason"])),
        chunk.map((row) => toPostgresTextOrNull(row["answer"])),
      ],
    );
    count += chunk.length;
  }
  return count;
}
