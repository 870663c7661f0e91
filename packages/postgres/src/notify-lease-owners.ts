import type { SqlClient } from "./database.ts";

/**
 * Notifies the owners of a webhook, or of the webhooks of an account, that it was changed. Also inserts notifications for
 * webhooks without an owner, or of this process: the owner may change, or read the old state, before the commit.
 */
export async function notifyLeaseOwners(
  client: SqlClient,
  schema: string,
  scope: "webhook" | "account",
  id: number,
): Promise<void> {
  await client.query(
    `insert into ${schema}.notifications(process, webhook) select owner, webhook from ${schema}.webhook_leases where ${scope} = $1`,
    [id],
  );
}
