import type { Queryable } from "../database.ts";
import { chunks, textOrNull, type Way, whole } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Some of the events of a file, as what stands behind `from` and `where`; and the column that they are found by. */
export interface Part {
  readonly from: string;
  readonly where: string;
  readonly by: string;
}

/** A delivery of the file's, and its webhook's number here. */
interface Found {
  readonly row: Row;
  readonly webhook: number;
  readonly account: number;
}

const DELIVERED = 4;

/**
 * Deliveries of events from one to another: those that were born with them, and those that were put down later. Without
 * the plus SQLite would make an index of all there are, for this once.
 */
function deliveriesOf({ from, where, by }: Part): string {
  const these = `${where} and ${by} between ?1 and ?2`;
  return `(select d.*, e.at as published from ${from} cross join deliveries d
    where ${these} and d.id >= e.first and d.id < e.first + e.count and +d.event = e.id
   union all select d.*, e.at from ${from} cross join missed m cross join deliveries d
    where ${these} and m.event = e.id and d.id = m.delivery)`;
}

/** Those of webhooks that were removed stay behind. */
export async function moveDeliveries(
  client: Queryable,
  way: Way,
  part: Part,
  first: number,
  last: number,
): Promise<{ readonly pending: number; readonly settled: number }> {
  const rows = way.source.rows(
    `select d.*, w.key as name, coalesce(r.at, d.published) as since, coalesce(r.attempts, 0) as before
     from ${deliveriesOf(part)} d join webhooks w on w.id = d.webhook left join revived r on r.delivery = d.id`,
    first,
    last,
  );
  const moved = { pending: 0, settled: 0 };
  for (const chunk of chunks(rows, way.size)) {
    const found = await withWebhooks(client, way.schema, chunk);
    const pending = found.filter(({ row }) => Number(row["state"]) < DELIVERED);
    const settled = found.filter(({ row }) => Number(row["state"]) >= DELIVERED);
    if (pending.length > 0) await addOwed(client, way, pending);
    if (settled.length > 0) await addSettled(client, way, settled);
    moved.pending += pending.length;
    moved.settled += settled.length;
  }
  return moved;
}

/** A webhook may be removed here while the file is moved; none is until the transaction has ended. */
async function withWebhooks(
  client: Queryable,
  schema: string,
  rows: readonly Row[],
): Promise<readonly Found[]> {
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

async function addOwed(client: Queryable, way: Way, found: readonly Found[]): Promise<void> {
  const { schema } = way;
  await client.query(
    `with added as (
       insert into ${schema}.owed(id, webhook, account, event, attempts, status, reason, due, since, before)
       select * from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::bigint[], $9::bigint[], $10::int[])
       returning account)
     insert into ${schema}.tallies(account, pending) select account, count(*) from added group by account`,
    [
      ...shared(way, found),
      found.map(({ row }) => whole(row["due"])),
      found.map(({ row }) => whole(row["since"])),
      found.map(({ row }) => row["before"]),
    ],
  );
}

async function addSettled(client: Queryable, way: Way, found: readonly Found[]): Promise<void> {
  await client.query(
    `insert into ${way.schema}.settled(id, webhook, account, event, attempts, status, reason, dead, ms, at)
     select * from unnest($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::int[], $6::int[], $7::text[], $8::boolean[], $9::int[], $10::bigint[])`,
    [
      ...shared(way, found),
      found.map(({ row }) => Number(row["state"]) !== DELIVERED),
      // Before the first attempt the file has a number there that says nothing, as it has for the status.
      found.map(({ row }) => (Number(row["attempts"]) === 0 ? null : whole(row["ms"]))),
      found.map(({ row }) => whole(row["due"])),
    ],
  );
}

/** The columns that what is owed and what is settled have in common. */
function shared({ base, eventBase }: Way, found: readonly Found[]): readonly unknown[] {
  return [
    found.map(({ row }) => base + Number(row["id"])),
    found.map(({ webhook }) => webhook),
    found.map(({ account }) => account),
    found.map(({ row }) => eventBase + Number(row["event"])),
    found.map(({ row }) => row["attempts"]),
    found.map(({ row }) => (Number(row["attempts"]) === 0 ? null : Number(row["status"]) || null)),
    found.map(({ row }) => textOrNull(row["reason"])),
  ];
}

/** Gives their number. */
export async function moveAttempts(
  client: Queryable,
  { source, schema, base, size }: Way,
  part: Part,
  first: number,
  last: number,
): Promise<number> {
  const rows = source.rows(
    `select a.* from ${deliveriesOf(part)} d join webhooks w on w.id = d.webhook join attempts a on a.delivery = d.id`,
    first,
    last,
  );
  let moved = 0;
  for (const chunk of chunks(rows, size, (row) => String(row["answer"]).length)) {
    await client.query(
      `insert into ${schema}.attempts(delivery, n, at, status, ms, reason, answer)
       select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::text[])`,
      [
        chunk.map((row) => base + Number(row["delivery"])),
        chunk.map((row) => row["n"]),
        chunk.map((row) => whole(row["at"])),
        chunk.map((row) => row["status"]),
        chunk.map((row) => whole(row["ms"])),
        chunk.map((row) => textOrNull(row["reason"])),
        chunk.map((row) => textOrNull(row["answer"])),
      ],
    );
    moved += chunk.length;
  }
  return moved;
}
