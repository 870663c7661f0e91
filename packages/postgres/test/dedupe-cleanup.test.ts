import type { DedupeStore } from "@heron-webhooks/core/receiver";
import { Client } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { dedupeStatements } from "../src/schema/dedupe.ts";
import { TestDedupeSchema } from "./dedupe-schema.ts";

const LEASE_MS = 45_000;
const TTL_MS = 86_400_000;
const CLEANUP_DELAY_MS = 600_000;

let schema: TestDedupeSchema;
beforeEach(async () => {
  schema = new TestDedupeSchema();
  await schema.clear();
  await schema.freezeTime();
});
afterEach(() => schema.end());

/** Enough calls to include one that cleans up. */
const callOften = async (store: DedupeStore): Promise<void> => {
  for (let i = 0; i < 64; i++) await store.reserve("again and again", LEASE_MS);
};
const insert = (prefix: string, count: number, until: number, token = "gen_random_uuid()") =>
  schema.pool.query(
    `insert into ${schema.table} select sha256(($1 || i)::bytea), ${token}, $2 from generate_series(1, $3) i`,
    [prefix, until, count],
  );
const now = 1_700_000_000_000;

test("deletes expired rows, handled or not, and keeps the rest", async () => {
  await insert("done", 100, now - CLEANUP_DELAY_MS, "null");
  await insert("left", 100, now - CLEANUP_DELAY_MS);
  await insert("young", 5, now - CLEANUP_DELAY_MS + 1);
  await insert("held", 5, now + 1);
  await callOften(schema.store());
  await expect.poll(() => schema.countRows()).toBe(5 + 5 + 1);
});

test("deletes in steps, faster than reservations add rows", async () => {
  await insert("old", 1000, now - CLEANUP_DELAY_MS);
  const store = schema.store();
  for (const left of [744, 488, 232, 0]) {
    await callOften(store);
    await expect.poll(() => schema.countRows()).toBe(left + 1);
  }
});

test("skips rows that another process has locked", async () => {
  await insert("old", 50, now - CLEANUP_DELAY_MS);
  const client = new Client({ connectionString: inject("postgres") });
  await client.connect();
  try {
    await client.query(`begin; select from ${schema.table} limit 10 for update`);
    await callOften(schema.store());
    await expect.poll(() => schema.countRows()).toBe(10 + 1);
  } finally {
    await client.end();
  }
});

test("an expired lease can still be completed if the key was not reserved again", async () => {
  const store = schema.store();
  const { token } = (await store.reserve("slow", LEASE_MS)) as { readonly token: string };
  await schema.advance(LEASE_MS + CLEANUP_DELAY_MS - 1);
  await insert("old", 1, now);
  await callOften(store);
  await expect.poll(() => schema.countRows()).toBe(2);
  await store.complete("slow", token, TTL_MS);
  expect(await store.reserve("slow", LEASE_MS)).toBe("done");
});

test("reads only the rows that it deletes, however large the table is", async () => {
  // By the server's clock: the planner sees through one that stands still.
  await schema.end();
  schema = new TestDedupeSchema();
  await schema.clear();
  await insert("held", 20_000, Date.now() + TTL_MS);
  await insert("old", 100, Date.now() - 2 * CLEANUP_DELAY_MS);
  await schema.pool.query(`analyze ${schema.table}`);
  const client = await schema.pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query(
      `explain (analyze, format json) ${dedupeStatements(`"${schema.name}"`).cleanUp.replace("$1", "256").replace("$2", String(CLEANUP_DELAY_MS))}`,
    );
    await client.query("rollback");
    const plan = JSON.stringify(rows);
    expect(plan).toContain("dedupe_by_expiry");
    expect(plan).not.toMatch(/Seq Scan|Rows Removed by Filter/);
  } finally {
    client.release();
  }
});
