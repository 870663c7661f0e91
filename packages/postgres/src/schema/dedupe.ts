import type { SqlClient } from "../database.ts";
import { createSchema } from "./create-schema.ts";

/**
 * A key without a row is free. `key` is a digest. `token` is null when the event was handled. `expires_at` ends the lease,
 * or the ttl. The index is for the cleanup.
 */
const CREATE_TABLE = (schema: string): string =>
  `create table if not exists ${schema}.dedupe(key bytea primary key, token uuid, expires_at bigint not null)`;
const CREATE_INDEX = (schema: string): string =>
  `create index if not exists dedupe_by_expiry on ${schema}.dedupe(expires_at)`;

/** The server's clock, in milliseconds since 1970: the clocks of the processes may differ. */
const CREATE_NOW = (schema: string): string => `
create or replace function ${schema}.dedupe_now() returns bigint language sql volatile as $$
  select (extract(epoch from clock_timestamp()) * 1000)::bigint $$`;

/**
 * A function and not one upsert: each of its statements sees what others have committed by then. The loser of a race
 * therefore sees the winner's row, and a duplicate is found without a write.
 *
 * Without `enable_seqscan = off`, a plan that was cached while the table was small would scan the whole table later.
 */
const CREATE_RESERVE = (schema: string): string => `
create or replace function ${schema}.dedupe_reserve(
  p_key bytea, p_token uuid, p_lease bigint, out is_reserved boolean, out busy_ms double precision) language plpgsql
set search_path = ${schema}, pg_temp set enable_seqscan = off as $$
declare
  v_now bigint;
  v_token uuid;
  v_expires_at bigint;
begin
  loop
    v_now := dedupe_now();
    select token, expires_at into v_token, v_expires_at from dedupe where key = p_key;
    if v_expires_at > v_now then
      is_reserved := false;
      busy_ms := case when v_token is not null then v_expires_at - v_now end;
      return;
    end if;
    insert into dedupe as d(key, token, expires_at) values (p_key, p_token, v_now + p_lease)
      on conflict (key) do update set token = excluded.token, expires_at = excluded.expires_at where d.expires_at <= v_now;
    if found then
      is_reserved := true;
      return;
    end if;
    -- A concurrent call reserved it first: the next iteration sees its row.
  end loop;
end $$`;

/** Statements of which `$1` is the key's digest and `$2` the token, unless it says otherwise. */
export interface DedupeStatements {
  /** `$3`: the lease in milliseconds. Returns a {@link ReservationRow}. */
  readonly reserve: string;
  /** `$3`: the ttl in milliseconds. */
  readonly complete: string;
  readonly release: string;
  /** `$1`: the maximum number of rows; `$2`: how many milliseconds ago they must have expired. */
  readonly cleanUp: string;
}

export interface ReservationRow {
  readonly isReserved: boolean;
  /** How long the lease of the current owner lasts, in milliseconds; null if the event was handled. */
  readonly busyMs: number | null;
}

/** The statements for a schema, whose name is quoted. */
export function dedupeStatements(schema: string): DedupeStatements {
  return {
    reserve: `select is_reserved as "isReserved", busy_ms as "busyMs" from ${schema}.dedupe_reserve($1, $2, $3)`,
    complete: `update ${schema}.dedupe set token = null, expires_at = ${schema}.dedupe_now() + $3::bigint where key = $1 and token = $2`,
    release: `delete from ${schema}.dedupe where key = $1 and token = $2`,
    // The clock in a subquery: a volatile function in the condition itself rules out the index.
    cleanUp: `delete from ${schema}.dedupe where key = any(array(
      select key from ${schema}.dedupe where expires_at <= (select ${schema}.dedupe_now() - $2::bigint)
      order by expires_at limit $1 for update skip locked))`,
  };
}

/**
 * Creates what is missing in a schema, in one transaction under a lock. A complete schema is only read, so a role without
 * the right to create anything can use it. Later versions must give changed functions new names, so that processes of this
 * version keep working.
 */
export async function ensureDedupeSchema(client: SqlClient, schema: string): Promise<void> {
  if (await isSchemaReady(client, schema)) return;
  await client.query("begin");
  // The same lock as for the store's schema: both may be created in one schema at the same time.
  await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks ${schema}`]);
  // Another process may have created it while this one waited for the lock.
  if (!(await isSchemaReady(client, schema))) {
    await createSchema(client, schema);
    for (const step of [CREATE_TABLE, CREATE_INDEX, CREATE_NOW, CREATE_RESERVE])
      await client.query(step(schema));
  }
  await client.query("commit");
}

async function isSchemaReady(client: SqlClient, schema: string): Promise<boolean> {
  const { rows } = await client.query(
    'select to_regclass($1) is not null and to_regprocedure($2) is not null and to_regprocedure($3) is not null as "isReady"',
    [`${schema}.dedupe`, `${schema}.dedupe_now()`, `${schema}.dedupe_reserve(bytea, uuid, bigint)`],
  );
  return (rows[0] as { readonly isReady: boolean }).isReady;
}
