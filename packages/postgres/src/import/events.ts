import type { Queryable } from "../database.ts";
import { accountsOf } from "./accounts.ts";
import { type Batch, chunks, type Moved, text, textOrNull, type Way, whole } from "./batch.ts";
import { moveAttempts, moveDeliveries, type Part } from "./deliveries.ts";
import type { Row } from "./source-file.ts";

const OWED: Part = {
  from: "pending p cross join events e",
  where: "e.id = p.event",
  by: "p.event",
};
const LOG: Part = {
  from: "events e",
  where: "not exists (select 1 from pending p where p.event = e.id)",
  by: "e.id",
};

/** Events of which something is pending go first, so that it is not kept waiting by what is over. */
export const owed: (way: Way, after: string | null) => Generator<Batch> = (way, after) =>
  events(way, after, OWED);

export const log: (way: Way, after: string | null) => Generator<Batch> = (way, after) =>
  events(way, after, LOG);

/** An event goes with all that it made, so that no half of it is ever there. */
function* events(way: Way, after: string | null, part: Part): Generator<Batch> {
  const rows = way.source.rows(
    `select e.*, a.key as name, (select group_concat(m.delivery) from missed m where m.event = e.id) as late
     from ${part.from} cross join accounts a where ${part.where} and a.id = e.account and ${part.by} > ? order by ${part.by}`,
    Number(after ?? 0),
  );
  for (const found of chunks(rows, way.size, sizeOf)) {
    const [first, last] = [Number(found[0]?.["id"]), Number(found.at(-1)?.["id"])];
    yield {
      after: String(last),
      units: found.reduce((sum, row) => sum + 1 + Number(row["count"]), 0),
      async write(client): Promise<Partial<Moved>> {
        await addEvents(client, way, found);
        const deliveries = await moveDeliveries(client, way, part, first, last);
        const attempts = await moveAttempts(client, way, part, first, last);
        return { events: found.length, ...deliveries, attempts };
      },
    };
  }
}

/** What it holds in memory, in characters, with what its deliveries will. */
function sizeOf(event: Row): number {
  return String(event["body"]).length + String(event["user"] ?? "").length + 200 * Number(event["count"]);
}

async function addEvents(
  client: Queryable,
  { schema, names, base, eventBase }: Way,
  found: readonly Row[],
): Promise<void> {
  const late = found.map((row) => lateOf(row).map((number) => base + number));
  await client.query(
    `with added as (
       insert into ${schema}.events(id, account, key, topic, body, properties, at, named, made, deliveries, trace)
       select e.id, e.account, e.key, e.topic, e.body, e.properties, e.at, e.named, e.made,
         array(select generate_series(e.first, e.first + e.made - 1)) || e.late::bigint[], e.trace
       from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::boolean[], $9::int[],
         $10::bigint[], $11::text[], $12::text[]) e(id, account, key, topic, body, properties, at, named, made, first, late, trace)
       returning 200 + octet_length(body) + 150 * cardinality(deliveries) as bytes)
     insert into ${schema}.volumes(bytes) select sum(bytes) from added`,
    [
      found.map((row) => eventBase + Number(row["id"])),
      await accountsOf(names, found, "name"),
      found.map((row) => text(row["key"])),
      found.map((row) => text(row["topic"])),
      found.map((row) => text(row["body"])),
      found.map((row) => textOrNull(row["user"])),
      found.map((row) => whole(row["at"])),
      found.map((row) => Number(row["named"]) === 1),
      found.map((row) => row["count"]),
      found.map((row) => base + Number(row["first"])),
      late.map((numbers) => `{${numbers.join(",")}}`),
      found.map((row) => textOrNull(row["trace"])),
    ],
  );
}

/** Deliveries that were put down later, for webhooks that had missed the event. */
function lateOf(row: Row): readonly number[] {
  if (row["late"] === null) return [];
  return String(row["late"])
    .split(",")
    .map(Number)
    .sort((a, b) => a - b);
}
