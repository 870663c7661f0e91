import type { SqlClient } from "../database.ts";
import { createSchema } from "./create-schema.ts";

/**
 * One row for each key that is being handled, or was; without a row, a key is free. The index is for sweeping.
 *
 * `key` is a digest, `token` is null once the event was handled, `until` is when the lease, or the ttl, is over.
 */
const CREATE_TABLE = (schema: string): string =>
  `create table if not exists ${schema}.dedupe(key bytea primary key, token uuid, until bigint not null)`;
const CREATE_INDEX = (schema: string): string =>
  `create index if not exists dedupe_until on ${schema}.dedupe(until)`;

/** The server's clock, in milliseconds since 1970: those of the processes may differ. */
const CREATE_NOW = (schema: string): string => `
create or replace function ${schema}.dedupe_clock() returns bigint language sql volatile as $$
  select (extract(epoch from clock_timestamp()) * 1000)::bigint $$`;

/**
 * A function, and not one upsert: each statement in it sees what others have committed by then, so that who loses a race
 * learns who won; and a duplicate is found without writing anything.
 *
 * A plan that is made while the table is small, and kept, would go on to read the whole of it when it is large.
 */
const CREATE_RESERVE = (schema: string): string => `
create or replace function ${schema}.dedupe_reserve(
  p_key bytea, p_token uuid, p_lease bigint, out mine boolean, out busy double precision) language plpgsql
set search_path = ${schema}, pg_temp set enable_seqscan = off as $$
declare
  v_now bigint;
  v_token uuid;
  v_until bigint;
begin
  loop
    v_now := dedupe_clock();
    select token, until into v_token, v_until from dedupe where key = p_key;
    if v_until > v_now then
      mine := false;
      busy := case when v_token is not null then v_until - v_now end;
      return;
    end if;
    insert into dedupe as d(key, token, until) values (p_key, p_token, v_now + p_lease)
      on conflict (key) do update set token = excluded.token, until = excluded.until where d.until <= v_now;
    if found then
      mine := true;
      return;
    end if;
    -- Another was quicker: the next look sees what it did.
  end loop;
end $$`;

/** What a statement needs; in each, `$1` is the key's digest and `$2` the token. */
export interface DedupeStatements {
  /** `$3`: for how many milliseconds. Gives {@link ReservationRow}. */
  readonly reserve: string;
  /** `$3`: for how many milliseconds it is done. */
  readonly complete: string;
  readonly release: string;
  /** `$1`: how many rows at most; `$2`: for how many milliseconds they must have been over. */
  readonly cleanUp: string;
}

export interface ReservationRow {
  readonly isReserved: boolean;
  /** For how many milliseconds another has it; null if nobody does. */
  readonly busyMs: number | null;
}

/** The statements for a schema, whose name is quoted. */
export function dedupeStatements(schema: string): DedupeStatements {
  return {
    reserve: `select mine, busy from ${schema}.dedupe_reserve($1, $2, $3)`,
    complete: `update ${schema}.dedupe set token = null, until = ${schema}.dedupe_clock() + $3::bigint where key = $1 and token = $2`,
    release: `delete from ${schema}.dedupe where key = $1 and token = $2`,
    // The clock in a query of its own: the index cannot be asked for what may change from row to row.
    cleanUp: `delete from ${schema}.dedupe where key = any(array(
      select key from ${schema}.dedupe where until <= (select ${schema}.dedupe_clock() - $2::bigint)
      order by until limit $1 for update skip locked))`,
  };
}

/**
 * Makes what is missing in a schema, in one transaction, while no other process does; where all is there it is only looked
 * at, so that a role that may make nothing can use it. What a later version needs beside it gets a name of its own, so that
 * processes of this one go on.
 */
export async function ensureDedupeSchema(client: SqlClient, schema: string): Promise<void> {
  if (await isSchemaReady(client, schema)) return;
  await client.query("begin");
  // The lock that the store's schema is made under, which may be this one, and made at this moment.
  await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks ${schema}`]);
  // Another may have done it meanwhile.
  if (!(await isSchemaReady(client, schema))) {
    await createSchema(client, schema);
    for (const step of [CREATE_TABLE, CREATE_INDEX, CREATE_NOW, CREATE_RESERVE]) await client.query(step(schema));
  }
  await client.query("commit");
}

async function isSchemaReady(client: SqlClient, schema: string): Promise<boolean> {
  const { rows } = await client.query(
    "select to_regclass($1) is not null and to_regprocedure($2) is not null and to_regprocedure($3) is not null as there",
    [`${schema}.dedupe`, `${schema}.dedupe_clock()`, `${schema}.dedupe_reserve(bytea, uuid, bigint)`],
  );
  return (rows[0] as { readonly there: boolean }).there;
}
