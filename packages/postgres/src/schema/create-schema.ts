import type { SqlClient } from "../database.ts";

/** Makes a schema, unless it is there: which is asked for, since `if not exists` needs the right to make one all the same. */
export async function createSchema(client: SqlClient, schema: string): Promise<void> {
  const { rows } = await client.query("select to_regnamespace($1) is null as missing", [schema]);
  if ((rows[0] as { readonly missing: boolean }).missing) await client.query(`create schema ${schema}`);
}
