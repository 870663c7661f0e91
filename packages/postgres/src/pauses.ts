import type { PauseChange, PauseRecord } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { IdMap } from "./id-map.ts";
import { NEVER_ENDS } from "./schema/tables.ts";
import { notifyLeaseOwners } from "./notify-lease-owners.ts";
import type { ProcessMember } from "./worker/worker.ts";

export interface PauseContext {
  readonly database: Database;
  readonly ids: IdMap;
  readonly now: () => number;
  readonly member: () => ProcessMember | null;
}

/** Closes or opens a gate. Behind one that closes, what is new is not for the memory. */
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
      `select id from ${table} where ${accountId === null ? "key" : "id"} = $1 for no key update`,
      [accountId ?? id],
    );
    const [row] = rows as readonly { readonly id: number }[];
    // It may have been removed while it was attempted.
    if (row === undefined) return;
    if (durationMs === null)
      await client.query(`delete from ${schema}.gates where scope = $1 and id = $2 and gate = $3`, [
        scope,
        row.id,
        reason,
      ]);
    else
      await client.query(
        `insert into ${schema}.gates(scope, id, gate, until) values ($1, $2, $3, ${durationMs === "forever" ? NEVER_ENDS : "$4"})
         on conflict (scope, id, gate) do update set until = excluded.until`,
        [scope, row.id, reason, ...(durationMs === "forever" ? [] : [now() + Math.round(durationMs)])],
      );
    if (durationMs !== null)
      await client.query(`update ${schema}.lanes set spilled = true where ${scope} = $1 and not spilled`, [
        row.id,
      ]);
    await notifyLeaseOwners(client, schema, scope, row.id);
  });
  member()?.setPause(change);
}

/** The closed gates of a webhook, and of its account. */
export async function getPauses(database: Database, key: string, now: number): Promise<readonly PauseRecord[]> {
  const { schema } = database;
  const rows = await database.query<{
    readonly scope: PauseRecord["scope"];
    readonly gate: PauseRecord["reason"];
    readonly ms: number | null;
  }>(
    `select g.scope, g.gate, case when g.until < ${NEVER_ENDS} then (g.until - $2)::double precision end as ms
     from ${schema}.webhooks w
     join ${schema}.gates g on (g.scope = 'webhook' and g.id = w.id) or (g.scope = 'account' and g.id = w.account)
     where w.key = $1 and g.until > $2`,
    [key, now],
  );
  return rows.map(({ scope, gate, ms }) => ({ gate, scope, closedMs: ms }));
}
