import type { SqlClient } from "../database.ts";
import {
  type Batch,
  type CopiedCounts,
  chunkRows,
  type ImportContext,
  roundToInteger,
  toPostgresText,
  toPostgresTextOrNull,
} from "./batch.ts";
import { getAccountIds } from "./copy-accounts.ts";
import { copyAttempts, copyDeliveries, type EventSelection } from "./copy-deliveries.ts";
import type { Row } from "./source-file.ts";

const WITH_PENDING: EventSelection = {
  from: "pending p cross join events e",
  where: "e.id = p.event",
  key: "p.event",
};
const WITHOUT_PENDING: EventSelection = {
  from: "events e",
  where: "not exists (select 1 from pending p where p.event = e.id)",
  key: "e.id",
};

/** Events with pending deliveries are copied first, so that these are delivered before the log is copied. */
export const copyPendingEvents: (context: ImportContext, after: string | null) => Generator<Batch> = (
  context,
  after,
) => copyEvents(context, after, WITH_PENDING);

export const copyLoggedEvents: (context: ImportContext, after: string | null) => Generator<Batch> = (
  context,
  after,
) => copyEvents(context, after, WITHOUT_PENDING);

/** An event and its deliveries are copied in one transaction. */
function* copyEvents(
  context: ImportContext,
  after: string | null,
  selection: EventSelection,
): Generator<Batch> {
  const rows = context.source.rows(
    `select e.*, a.external_id as name, (select group_concat(m.delivery) from missed_deliveries m where m.event = e.id) as late
     from ${selection.from} cross join accounts a where ${selection.where} and a.id = e.account and ${selection.key} > ? order by ${selection.key}`,
    Number(after ?? 0),
  );
  for (const chunk of chunkRows(rows, context.batchSize, getEventSize)) {
    const [first, last] = [Number(chunk[0]?.["id"]), Number(chunk.at(-1)?.["id"])];
    yield {
      after: String(last),
      rowCount: chunk.reduce((sum, row) => sum + 1 + Number(row["delivery_count"]), 0),
      async write(client): Promise<Partial<CopiedCounts>> {
        await insertEvents(client, context, chunk);
        const deliveries = await copyDeliveries(client, context, selection, first, last);
        const attempts = await copyAttempts(client, context, selection, first, last);
        return { events: chunk.length, ...deliveries, attempts };
      },
    };
  }
}

/** The approximate size in memory of an event and its deliveries, in characters. */
function getEventSize(event: Row): number {
  return (
    String(event["body"]).length + String(event["user"] ?? "").length + 200 * Number(event["delivery_count"])
  );
}

async function insertEvents(
  client: SqlClient,
  { schema, ids, deliveryIdOffset, eventIdOffset }: ImportContext,
  sourceRows: readonly Row[],
): Promise<void> {
  const lateDeliveries = sourceRows.map((row) =>
    parseLateDeliveries(row).map((number) => deliveryIdOffset + number),
  );
  await client.query(
    `with added as (
       insert into ${schema}.events(id, account, external_id, topic, body, properties, published_at, is_targeted, delivery_count, deliveries, traceparent)
       select e.id, e.account, e.external_id, e.topic, e.body, e.properties, e.published_at, e.is_targeted, e.delivery_count,
         array(select generate_series(e.first_delivery, e.first_delivery + e.delivery_count - 1)) || e.late::bigint[], e.traceparent
       from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::boolean[], $9::int[],
         $10::bigint[], $11::text[], $12::text[]) e(id, account, external_id, topic, body, properties, published_at, is_targeted, delivery_count, first_delivery, late, traceparent)
       returning 200 + octet_length(body) + 150 * cardinality(deliveries) as bytes)
     insert into ${schema}.storage_counters(delta_bytes) select sum(bytes) from added`,
    [
      sourceRows.map((row) => eventIdOffset + Number(row["id"])),
      await getAccountIds(ids, sourceRows, "name"),
      sourceRows.map((row) => toPostgresText(row["external_id"])),
      sourceRows.map((row) => toPostgresText(row["topic"])),
      sourceRows.map((row) => toPostgresText(row["body"])),
      sourceRows.map((row) => toPostgresTextOrNull(row["user"])),
      sourceRows.map((row) => roundToInteger(row["published_at"])),
      sourceRows.map((row) => Number(row["is_targeted"]) === 1),
      sourceRows.map((row) => row["delivery_count"]),
      sourceRows.map((row) => deliveryIdOffset + Number(row["first_delivery"])),
      lateDeliveries.map((numbers) => `{${numbers.join(",")}}`),
      sourceRows.map((row) => toPostgresTextOrNull(row["traceparent"])),
    ],
  );
}

/** Deliveries that were added later, for webhooks that had missed the event. */
function parseLateDeliveries(row: Row): readonly number[] {
  if (row["late"] === null) return [];
  return String(row["late"])
    .split(",")
    .map(Number)
    .sort((a, b) => a - b);
}
