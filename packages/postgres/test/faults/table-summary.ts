import { escapeIdentifier } from "pg";

export interface TestClient {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Counts in the tables of a schema that must be consistent. */
export interface TableSummary {
  readonly pending: number;
  readonly processes: number;
  /** Accounts whose counter differs from their pending deliveries. */
  readonly wrongCounters: number;
  /** Webhooks, deliveries and notifications of ended processes. */
  readonly orphans: number;
}

export async function getTableSummary(client: TestClient, name: string): Promise<TableSummary> {
  const schema = escapeIdentifier(name);
  const missing = (column: string): string =>
    `${column} is not null and not exists (select from ${schema}.processes p where p.id = ${column})`;
  const { rows } = await client.query(
    `select (select count(*)::int from ${schema}.pending_deliveries) as pending,
      (select count(*)::int from ${schema}.processes) as processes,
      (select count(*)::int from ${schema}.accounts a where
        (select count(*) from ${schema}.pending_deliveries where account = a.id)
        <> (select coalesce(sum(delta), 0) from ${schema}.pending_counters where account = a.id)) as "wrongCounters",
      (select count(*)::int from ${schema}.webhook_leases where ${missing("owner")})
        + (select count(*)::int from ${schema}.pending_deliveries where ${missing("owner")})
        + (select count(*)::int from ${schema}.notifications where ${missing("process")}) as orphans`,
  );
  return rows[0] as TableSummary;
}
