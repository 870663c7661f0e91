import type { Pool } from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { postgresDedupe, postgresStore } from "../src/index.ts";
import { TestDedupeSchema } from "./dedupe-schema.ts";
import { getHeronError } from "./get-heron-error.ts";

const LEASE_MS = 45_000;

let schema: TestDedupeSchema;
beforeEach(() => {
  schema = new TestDedupeSchema();
});
afterEach(() => schema.end());

describe("the table", () => {
  test("is created by processes that start concurrently on an empty database, with the sender's store among them", async () => {
    const name = `${schema.name}_db`;
    await schema.pool.query(`create database ${name}`);
    schema.onEnd(() => schema.pool.query(`drop database ${name} with (force)`));
    const url = new URL(inject("postgres"));
    url.pathname = `/${name}`;
    const pools = Array.from({ length: 4 }, () => schema.createPool(url.href));
    const store = postgresStore({ pool: schema.createPool(url.href), listen: false });
    const [, ...answers] = await Promise.all([
      store.migrate(),
      ...pools.map((pool) => postgresDedupe(pool, { timeout: 20_000 }).reserve("a", LEASE_MS)),
    ]);
    expect(answers.filter((answer) => answer !== "done" && "token" in answer)).toHaveLength(1);
    await store.close();
  });

  test("is only read once it exists, also while another process holds the migration lock", async () => {
    await schema.clear();
    const client = await schema.pool.connect();
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [`heron-webhooks "${schema.name}"`]);
    const answer = await schema.store().reserve("a", LEASE_MS);
    await client.query("rollback");
    client.release();
    expect(answer).toEqual({ token: expect.any(String) });
  });

  describe("and privileges", () => {
    let role: string;
    let pool: Pool;

    beforeEach(async () => {
      role = `${schema.name}_role`;
      await schema.pool.query(`create role ${role}`);
      schema.onEnd(() => schema.pool.query(`drop owned by ${role}; drop role ${role}`));
      pool = schema.createPool(inject("postgres"), `-c role=${role}`);
    });

    test("without CREATE it cannot be created, and the message names the missing privilege", async () => {
      const { code, message } = await getHeronError(schema.store({}, pool).reserve("a", LEASE_MS));
      expect(code).toBe("store_unavailable");
      expect(message).toMatch(
        /permission denied for database .* needs CREATE on the database, or on the schema/,
      );
    });

    test("without CREATE an existing table can be used", async () => {
      await schema.clear();
      const store = schema.store({}, pool);
      expect((await getHeronError(store.reserve("a", LEASE_MS))).message).toMatch(
        /USAGE on the schema, and SELECT/,
      );
      await schema.pool.query(
        `grant usage on schema ${schema.name} to ${role}; grant select, insert, update, delete on ${schema.table} to ${role}`,
      );
      const answer = (await store.reserve("a", LEASE_MS)) as { readonly token: string };
      await store.complete("a", answer.token, LEASE_MS);
      expect(await store.reserve("a", LEASE_MS)).toBe("done");
    });

    test("CREATE on an existing schema is enough", async () => {
      await schema.pool.query(
        `create schema ${schema.name}; grant usage, create on schema ${schema.name} to ${role}`,
      );
      expect(await schema.store({}, pool).reserve("a", LEASE_MS)).toEqual({ token: expect.any(String) });
    });
  });
});
