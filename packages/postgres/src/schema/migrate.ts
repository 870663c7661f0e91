import { randomBytes } from "node:crypto";
import { HeronError } from "@heron-webhooks/core";
import type { SqlClient } from "../database.ts";
import { getErrorCode } from "../database-errors.ts";
import { COMPLETE } from "./complete.ts";
import { createSchema } from "./create-schema.ts";
import { EXPIRE } from "./expire.ts";
import { IMPORT_TABLES } from "./imports.ts";
import { LEASE_FUNCTIONS } from "./leasing.ts";
import { LOAD } from "./load.ts";
import { PRUNE } from "./prune.ts";
import { PUBLISH } from "./publishing.ts";
import { RECOVER, REQUEUE } from "./requeue.ts";
import { AUTOVACUUM_SETTINGS, TABLES } from "./tables.ts";

/** The steps of each version, the first for an empty schema. */
const VERSIONS: readonly ((schema: string) => readonly string[])[] = [
  (schema) => [
    TABLES,
    IMPORT_TABLES,
    AUTOVACUUM_SETTINGS,
    PUBLISH(schema),
    COMPLETE(schema),
    LOAD(schema),
    LEASE_FUNCTIONS(schema),
    EXPIRE(schema),
    PRUNE(schema),
    REQUEUE(schema),
    RECOVER(schema),
  ],
];

/**
 * Brings a schema to this version, in one transaction under a lock. A schema that is up to date is only read, so a role
 * that may not change it can use it. Processes of an older version keep working.
 * @throws HeronError `store_version` if a newer version wrote it
 */
export async function migrate(client: SqlClient, schema: string): Promise<void> {
  const version = await getSchemaVersion(client, schema);
  assertSupportedVersion(version, schema);
  if (version === VERSIONS.length) return;
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks ${schema}`]);
  // Another process may have done it while this one waited for the lock.
  const lockedVersion = await getSchemaVersion(client, schema);
  assertSupportedVersion(lockedVersion, schema);
  if (lockedVersion < VERSIONS.length) {
    if (lockedVersion === 0) await createSchema(client, schema);
    await client.query(`set local search_path = ${schema}, pg_temp`);
    for (const version of VERSIONS.slice(lockedVersion))
      for (const step of version(schema)) await client.query(step);
    await client.query("create table if not exists meta(name text primary key, value text not null)");
    await client.query("insert into meta values ('store_name', $1) on conflict do nothing", [
      randomBytes(4).toString("hex"),
    ]);
    await client.query(
      "insert into meta values ('version', $1) on conflict (name) do update set value = excluded.value",
      [String(VERSIONS.length)],
    );
  }
  await client.query("commit");
}

async function getSchemaVersion(client: SqlClient, schema: string): Promise<number> {
  // Not `to_regclass`: it may still return null for a table that was created while this transaction waited for the lock.
  const { rows } = await client.query(
    `select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = 'meta') as "hasMeta"`,
    [schema.replaceAll('"', "")],
  );
  if (!(rows[0] as { readonly hasMeta: boolean }).hasMeta) return 0;
  try {
    const { rows: found } = await client.query(`select value from ${schema}.meta where name = 'version'`);
    return Number((found[0] as { readonly value: string } | undefined)?.value ?? 0);
  } catch (error) {
    if (getErrorCode(error) !== "42P01") throw error;
    return 0;
  }
}

function assertSupportedVersion(version: number, schema: string): void {
  if (version > VERSIONS.length)
    throw new HeronError(
      "store_version",
      `The schema ${schema} was written by a newer version (${version}, this one reads ${VERSIONS.length}): update @heron-webhooks/postgres.`,
    );
}
