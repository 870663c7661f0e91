import type { PauseChange, PauseRecord } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { IdMap } from "./id-map.ts";
import { notifyLeaseOwners } from "./notify-lease-owners.ts";
import { NEVER_ENDS } from "./schema/tables.ts";
import type { ProcessMember } from "./worker/worker.ts";

export interface PauseContext {
  readonly database: Database;
  readonly ids: IdMap;
  readonly now: () => number;
  readonly member: () => ProcessMember | null;
}

/** Sets or ends a pause. While a webhook is paused, its new deliveries do not enter memory. */
export async function setPause(
  { database, ids, now, member }: PauseContext,
  change: PauseChange,
): Promise<void> {
  const { scope, id, reason, durationMs } = change;
  const { schema } = database;
  const accountId = scope === "account" ? await ids.getAccountId(id) : null;
  await database.transaction(async (client) => {
    const table = `${schema}.${scope}s`;
    const { rows } = await client.query(
      `select id from ${table} where ${accountId === null ? "external_id" : "id"} = $1 for no key update`,
      [accountId ?? id],
    );
    const [row] = rows as readonly { readonly id: number }[];
    // The webhook may have been deleted during the attempt.
    if (row === undefined) return;
    if (durationMs === null)
      await client.query(`delete from ${schema}.pauses where scope = $1 and target = $2 and reason = $3`, [
        scope,
        row.id,
        reason,
      ]);
    else
      await client.query(
        `insert into ${schema}.pauses(scope, target, reason, until) values ($1, $2, $3, ${durationMs === "forever" ? NEVER_ENDS : "$4"})
         on conflict (scope, target, reason) do update set until = excluded.until`,
        [scope, row.id, reason, ...(durationMs === "forever" ? [] : [now() + Math.round(durationMs)])],
      );
    if (durationMs !== null)
      await client.query(
        `update ${schema}.webhook_leases set spilled = true where ${scope} = $1 and not spilled`,
        [row.id],
      );
    await notifyLeaseOwners(client, schema, scope, row.id);
  });
  member()?.setPause(change);
}

/** The current pauses of a webhook and of its account. */
export async function getPauses(
  database: Database,
  key: string,
  now: number,
): Promise<readonly PauseRecord[]> {
  const { schema } = database;
  return database.query<PauseRecord>(
    `select p.scope, p.reason, case when p.until < ${NEVER_ENDS} then (p.until - $2)::double precision end as "remainingMs"
     from ${schema}.webhooks w
     join ${schema}.pauses p on (p.scope = 'webhook' and p.target = w.id) or (p.scope = 'account' and p.target = w.account)
     where w.external_id = $1 and p.until > $2`,
    [key, now],
  );
}
