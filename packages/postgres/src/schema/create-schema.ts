import type { SqlClient } from "../database.ts";

/** Checks first: `create schema if not exists` needs CREATE on the database even if the schema exists. */
export async function createSchema(client: SqlClient, schema: string): Promise<void> {
  const { rows } = await client.query('select to_regnamespace($1) is null as "isMissing"', [schema]);
  if ((rows[0] as { readonly isMissing: boolean }).isMissing) await client.query(`create schema ${schema}`);
}
