import type { SqlClient } from "../database.ts";
import { chunkRows, type ImportContext, roundToInteger, toPostgresTextOrNull } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Selects events of a file: its `from` and `where` clauses, and the column that they are looked up by. */
export interface EventSelection {
  readonly from: string;
  readonly where: string;
  readonly key: string;
}

/** A delivery of the file, with the numbers of its webhook and account here. */
interface DeliveryToCopy {
  readonly row: Row;
  readonly webhook: number;
  readonly account: number;
}

const DELIVERED = 4;

/**
 * Selects the deliveries of a range of events: those that publishing created, and those that were added later. Without the
 * plus, SQLite would build a temporary index of all deliveries.
 */
function toDeliveriesQuery({ from, where, key }: EventSelection): string {
  const condition = `${where} and ${key} between ?1 and ?2`;
  return `(select d.*, e.published_at from ${from} cross join deliveries d
    where ${condition} and d.id >= e.first_delivery and d.id < e.first_delivery + e.delivery_count and +d.event = e.id
   union all select d.*, e.published_at from ${from} cross join missed_deliveries m cross join deliveries d
    where ${condition} and m.event = e.id and d.id = m.delivery)`;
}

/** Deliveries of deleted webhooks are not copied. */
export async function copyDeliveries(
  client: SqlClient,
  context: ImportContext,
  selection: EventSelection,
  first: number,
  last: number,
): Promise<{ readonly pending: number; readonly completed: number }> {
  const rows = context.source.rows(
    `select d.*, w.external_id as name, coalesce(r.requeued_at, d.published_at) as enqueued_at,
       coalesce(r.attempts_before, 0) as attempts_before_requeue
     from ${toDeliveriesQuery(selection)} d join webhooks w on w.id = d.webhook left join requeued r on r.delivery = d.id`,
    first,
    last,
  );
  const counts = { pending: 0, completed: 0 };
  for (const chunk of chunkRows(rows, context.batchSize)) {
    const deliveries = await addWebhookIds(client, context.schema, chunk);
    const pending = deliveries.filter(({ row }) => Number(row["state"]) < DELIVERED);
    const completed = deliveries.filter(({ row }) => Number(row["state"]) >= DELIVERED);
    if (pending.length > 0) await insertPending(client, context, pending);
    if (completed.length > 0) await insertLog(client, context, completed);
    counts.pending += pending.length;
    counts.completed += completed.length;
  }
  return counts;
}

/** A webhook may be deleted here during the import; the lock prevents that until the transaction ends. */
async function addWebhookIds(
  client: SqlClient,
  schema: string,
  rows: readonly Row[],
): Promise<readonly DeliveryToCopy[]> {
  const { rows: webhooks } = await client.query(
    `select id, external_id as "externalId", account from ${schema}.webhooks where external_id = any($1) for key share`,
    [[...new Set(rows.map((row) => row["name"]))]],
  );
  const byExternalId = new Map(
    (
      webhooks as readonly { readonly id: number; readonly externalId: string; readonly account: number }[]
    ).map((webhook) => [webhook.externalId, webhook]),
  );
  return rows.flatMap((row) => {
    const webhook = byExternalId.get(String(row["name"]));
    return webhook === undefined ? [] : [{ row, webhook: webhook.id, account: webhook.account }];
  });
}

async function insertPending(
  client: SqlClient,
  context: ImportContext,
  deliveries: readonly DeliveryToCopy[],
): Promise<void> {
  const { schema } = context;
  await client.query(
    `with added as (
       insert into ${schema}.pending_deliveries(id, webhook, account, event, attempt_count, response_status, reason, due_at, enqueued_at, attempts_before_requeue)
       select * from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::bigint[], $9::bigint[], $10::int[])
       returning account)
     insert into ${schema}.pending_counters(account, delta) select account, count(*) from added group by account`,
    [
      ...toSharedColumns(context, deliveries),
      deliveries.map(({ row }) => roundToInteger(row["due_at"])),
      deliveries.map(({ row }) => roundToInteger(row["enqueued_at"])),
      deliveries.map(({ row }) => row["attempts_before_requeue"]),
    ],
  );
}

async function insertLog(
  client: SqlClient,
  context: ImportContext,
  deliveries: readonly DeliveryToCopy[],
): Promise<void> {
  await client.query(
    `insert into ${context.schema}.delivery_log(id, webhook, account, event, attempt_count, response_status, reason, is_dead, duration_ms, completed_at)
     select * from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::boolean[], $9::int[], $10::bigint[])`,
    [
      ...toSharedColumns(context, deliveries),
      deliveries.map(({ row }) => Number(row["state"]) !== DELIVERED),
      // Before the first attempt, duration and status have placeholders in the file.
      deliveries.map(({ row }) =>
        Number(row["attempt_count"]) === 0 ? null : roundToInteger(row["duration_ms"]),
      ),
      deliveries.map(({ row }) => roundToInteger(row["due_at"])),
    ],
  );
}

/** The columns that both tables have. */
function toSharedColumns(
  { deliveryIdOffset, eventIdOffset }: ImportContext,
  deliveries: readonly DeliveryToCopy[],
): readonly unknown[] {
  return [
    deliveries.map(({ row }) => deliveryIdOffset + Number(row["id"])),
    deliveries.map(({ webhook }) => webhook),
    deliveries.map(({ account }) => account),
    deliveries.map(({ row }) => eventIdOffset + Number(row["event"])),
    deliveries.map(({ row }) => row["attempt_count"]),
    deliveries.map(({ row }) =>
      Number(row["attempt_count"]) === 0 ? null : Number(row["response_status"]) || null,
    ),
    deliveries.map(({ row }) => toPostgresTextOrNull(row["reason"])),
  ];
}

/** Returns how many were copied. */
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
  for (const chunk of chunkRows(rows, batchSize, (row) => String(row["response_body"]).length)) {
    await client.query(
      `insert into ${schema}.attempts(delivery, number, ended_at, response_status, duration_ms, reason, response_body)
       select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::text[])`,
      [
        chunk.map((row) => deliveryIdOffset + Number(row["delivery"])),
        chunk.map((row) => row["number"]),
        chunk.map((row) => roundToInteger(row["ended_at"])),
        chunk.map((row) => row["response_status"]),
        chunk.map((row) => roundToInteger(row["duration_ms"])),
        chunk.map((row) => toPostgresTextOrNull(row["reason"])),
        chunk.map((row) => toPostgresTextOrNull(row["response_body"])),
      ],
    );
    count += chunk.length;
  }
  return count;
}
