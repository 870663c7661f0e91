import type { SqlClient } from "../database.ts";
import { type Batch, chunkRows, type ImportContext } from "./batch.ts";

/** What waits is made known to who has its webhook, or to whoever takes it. Only now: it is all there. */
export function* notifyOwners({ source, schema, batchSize }: ImportContext, after: string | null): Generator<Batch> {
  const rows = source.rows("select id, key from webhooks where id > ? order by id", Number(after ?? 0));
  for (const webhooks of chunkRows(rows, batchSize))
    yield {
      after: String(webhooks.at(-1)?.["id"]),
      rowCount: webhooks.length,
      async write(client) {
        await insertNotifications(
          client,
          schema,
          webhooks.map((row) => row["key"]),
        );
        return {};
      },
    };
}

async function insertNotifications(client: SqlClient, schema: string, keys: readonly unknown[]): Promise<void> {
  await client.query(
    `with mine as materialized (
       -- Nobody takes it or gives it back until this is done.
       select l.webhook, l.holder from ${schema}.lanes l join ${schema}.webhooks w on w.id = l.webhook
       where w.key = any($1) order by l.webhook for update of l),
     news as materialized (
       select m.webhook, m.holder, (select q.due from ${schema}.owed q where q.webhook = m.webhook and q.holder is null
         order by q.due, q.id limit 1) as due from mine m),
     free as (
       update ${schema}.lanes l set wake_at = least(l.wake_at, n.due) from news n
       where l.webhook = n.webhook and n.holder is null and n.due is not null)
     insert into ${schema}.wakes(worker, webhook, due) select holder, webhook, due from news
     where holder is not null and due is not null`,
    [keys],
  );
}
