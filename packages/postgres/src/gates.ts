import type { GateChange, GateRecord } from "@heron-webhooks/sender";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";
import { FOREVER } from "./schema/tables.ts";
import { wake } from "./webhooks.ts";

/** Closes or opens a gate: a row, and what claims go by in the row of its webhook or its account. */
export async function changeGate(database: Database, names: Names, change: GateChange): Promise<void> {
  const { scope, id, gate, closedMs } = change;
  const { schema } = database;
  const account = scope === "account" ? await names.account(id) : null;
  await database.transaction(async (client) => {
    const table = `${schema}.${scope}s`;
    const { rows } = await client.query(
      `select id from ${table} where ${account === null ? "key" : "id"} = $1 for no key update`,
      [account ?? id],
    );
    const [row] = rows as readonly { readonly id: number }[];
    // It may have been removed while it was attempted.
    if (row === undefined) return;
    if (closedMs === null)
      await client.query(`delete from ${schema}.gates where scope = $1 and id = $2 and gate = $3`, [scope, row.id, gate]);
    else
      await client.query(
        `insert into ${schema}.gates(scope, id, gate, until) values ($1, $2, $3, ${closedMs === "forever" ? FOREVER : `${schema}.clock() + $4`})
         on conflict (scope, id, gate) do update set until = excluded.until`,
        [scope, row.id, gate, ...(closedMs === "forever" ? [] : [Math.round(closedMs)])],
      );
    const last = `coalesce((select max(until) from ${schema}.gates where scope = $1 and id = $2), 0)`;
    // A circuit that closed lets one through until somebody opens it.
    const probing = `, probing = exists (select from ${schema}.gates where scope = $1 and id = $2 and gate = 'circuit')`;
    await client.query(
      `update ${table} set closed_until = ${last}${scope === "webhook" ? probing : ""} where id = $2`,
      [scope, row.id],
    );
    await wake(client, schema, scope, row.id);
  });
}

/** The closed gates of a webhook, and of its account. */
export async function gatesOf(database: Database, key: string): Promise<readonly GateRecord[]> {
  const { schema } = database;
  const rows = await database.query<{
    readonly scope: GateRecord["scope"];
    readonly gate: GateRecord["gate"];
    readonly ms: number | null;
  }>(
    `select g.scope, g.gate, case when g.until < ${FOREVER} then (g.until - now)::double precision end as ms
     from ${schema}.webhooks w cross join ${schema}.clock() now
     join ${schema}.gates g on (g.scope = 'webhook' and g.id = w.id) or (g.scope = 'account' and g.id = w.account)
     where w.key = $1 and g.until > now`,
    [key],
  );
  return rows.map(({ scope, gate, ms }) => ({ gate, scope, closedMs: ms }));
}
