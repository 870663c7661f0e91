import type { SqlClient } from "../database.ts";
import { type Batch, chunkRows, type ImportContext } from "./batch.ts";

/** Notifies the owners of webhooks with pending deliveries, and sets the next due time of webhooks without one. */
export function* notifyOwners(
  { source, schema, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const rows = source.rows(
    "select id, external_id from webhooks where id > ? order by id",
    Number(after ?? 0),
  );
  for (const webhooks of chunkRows(rows, batchSize))
    yield {
      after: String(webhooks.at(-1)?.["id"]),
      rowCount: webhooks.length,
      async write(client) {
        await insertNotifications(
          client,
          schema,
          webhooks.map((row) => row["external_id"]),
        );
        return {};
      },
    };
}

async function insertNotifications(
  client: SqlClient,
  schema: string,
  externalIds: readonly unknown[],
): Promise<void> {
  await client.query(
    `with leases as materialized (
       -- The lock keeps the owner the same until the commit.
       select l.webhook, l.owner from ${schema}.webhook_leases l join ${schema}.webhooks w on w.id = l.webhook
       where w.external_id = any($1) order by l.webhook for update of l),
     due as materialized (
       select l.webhook, l.owner, (select d.due_at from ${schema}.pending_deliveries d where d.webhook = l.webhook and d.owner is null
         order by d.due_at, d.id limit 1) as due_at from leases l),
     unowned as (
       update ${schema}.webhook_leases l set next_due_at = least(l.next_due_at, due.due_at) from due
       where l.webhook = due.webhook and due.owner is null and due.due_at is not null)
     insert into ${schema}.notifications(process, webhook, due_at) select owner, webhook, due_at from due
     where owner is not null and due_at is not null`,
    [externalIds],
  );
}
