import type { SqlClient } from "./database.ts";

/**
 * Tells whoever has a webhook, or those that have an account's, that it was changed. Of one that nobody has, or that this
 * process has, as well: it may change hands, or be read as it was, before the change is committed.
 */
export async function notifyLeaseOwners(
  client: SqlClient,
  schema: string,
  scope: "webhook" | "account",
  id: number,
): Promise<void> {
  await client.query(
    `insert into ${schema}.wakes(worker, webhook) select holder, webhook from ${schema}.lanes where ${scope} = $1`,
    [id],
  );
}
