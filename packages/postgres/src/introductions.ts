import type { GateRecord, WebhookRecord } from "@heron-webhooks/sender";
import type { Introduced } from "@heron-webhooks/sender/store";
import type { Queryable } from "./database.ts";
import { FOREVER } from "./schema/tables.ts";

/** A webhook as whoever schedules must know it, and when the first of it is due that waits; null for nothing. */
export interface Introduction {
  readonly introduced: Introduced;
  readonly due: number | null;
}

interface Row {
  readonly id: number;
  readonly record: string;
  readonly due: number | null;
  readonly gates:
    | readonly {
        readonly scope: GateRecord["scope"];
        readonly gate: GateRecord["gate"];
        readonly until: number | null;
      }[]
    | null;
}

/** What there is to know of webhooks, of those that are there. */
export async function introductions(
  client: Queryable,
  schema: string,
  numbers: readonly number[],
): Promise<readonly Introduction[]> {
  const { rows } = await client.query(
    `select w.id, w.record,
      (select q.due from ${schema}.owed q where q.webhook = w.id and q.holder is null order by q.due, q.id limit 1)::double precision as due,
      (select json_agg(json_build_object('scope', g.scope, 'gate', g.gate, 'until', nullif(g.until, ${FOREVER}))) from ${schema}.gates g
        where (g.scope = 'webhook' and g.id = w.id) or (g.scope = 'account' and g.id = w.account)) as gates
     from ${schema}.webhooks w where w.id = any($1)`,
    [numbers],
  );
  return (rows as readonly Row[]).map(({ id, record, due, gates }) => ({
    introduced: {
      number: id,
      record: JSON.parse(record) as WebhookRecord,
      gates: (gates ?? []).map(({ until, ...gate }) => ({
        ...gate,
        until: until ?? Number.POSITIVE_INFINITY,
      })),
    },
    due,
  }));
}
