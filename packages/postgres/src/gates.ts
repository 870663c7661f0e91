import type { GateChange, GateRecord } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";
import { FOREVER } from "./schema/tables.ts";
import { tellOf } from "./told.ts";
import type { Worker } from "./worker/worker.ts";

export interface GateContext {
  readonly database: Database;
  readonly names: Names;
  readonly now: () => number;
  readonly worker: () => Worker | null;
}

/** Closes or opens a gate. Behind one that closes, what is new is not for the memory. */
export async function changeGate(
  { database, names, now, worker }: GateContext,
  change: GateChange,
): Promise<void> {
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
      await client.query(`delete from ${schema}.gates where scope = $1 and id = $2 and gate = $3`, [
        scope,
        row.id,
        gate,
      ]);
    else
      await client.query(
        `insert into ${schema}.gates(scope, id, gate, until) values ($1, $2, $3, ${closedMs === "forever" ? FOREVER : "$4"})
         on conflict (scope, id, gate) do update set until = excluded.until`,
        [scope, row.id, gate, ...(closedMs === "forever" ? [] : [now() + Math.round(closedMs)])],
      );
    if (closedMs !== null)
      await client.query(`update ${schema}.lanes set spilled = true where ${scope} = $1 and not spilled`, [
        row.id,
      ]);
    await tellOf(client, schema, scope, row.id);
  });
  worker()?.gate(change);
}

/** The closed gates of a webhook, and of its account. */
export async function gatesOf(database: Database, key: string, now: number): Promise<readonly GateRecord[]> {
  const { schema } = database;
  const rows = await database.query<{
    readonly scope: GateRecord["scope"];
    readonly gate: GateRecord["gate"];
    readonly ms: number | null;
  }>(
    `select g.scope, g.gate, case when g.until < ${FOREVER} then (g.until - $2)::double precision end as ms
     from ${schema}.webhooks w
     join ${schema}.gates g on (g.scope = 'webhook' and g.id = w.id) or (g.scope = 'account' and g.id = w.account)
     where w.key = $1 and g.until > $2`,
    [key, now],
  );
  return rows.map(({ scope, gate, ms }) => ({ gate, scope, closedMs: ms }));
}
