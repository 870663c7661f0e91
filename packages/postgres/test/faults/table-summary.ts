import { escapeIdentifier } from "pg";

/** What runs a statement for a test. */
export interface TestClient {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** What a schema's tables say, as far as it must agree. */
export interface TableSummary {
  readonly pending: number;
  readonly processes: number;
  /** Accounts whose tallies are not what they are owed. */
  readonly wrongCounters: number;
  /** Webhooks, deliveries and wakes of workers that are no more. */
  readonly orphans: number;
}

export async function getTableSummary(client: TestClient, name: string): Promise<TableSummary> {
  const schema = escapeIdentifier(name);
  const missing = (column: string): string =>
    `${column} is not null and not exists (select from ${schema}.workers w where w.id = ${column})`;
  const { rows } = await client.query(
    `select (select count(*)::int from ${schema}.owed) as owed,
      (select count(*)::int from ${schema}.workers) as workers,
      (select count(*)::int from ${schema}.accounts a where
        (select count(*) from ${schema}.owed where account = a.id)
        <> (select coalesce(sum(pending), 0) from ${schema}.tallies where account = a.id)) as miscounted,
      (select count(*)::int from ${schema}.lanes where ${missing("holder")})
        + (select count(*)::int from ${schema}.owed where ${missing("holder")})
        + (select count(*)::int from ${schema}.wakes where ${missing("worker")}) as orphans`,
  );
  return rows[0] as TableSummary;
}
