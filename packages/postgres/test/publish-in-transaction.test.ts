import { createEvent, createWebhook, TestStore } from "@heron-webhooks/conformance/store";
import { Pool, type PoolClient } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import { TestSchema } from "./test-schema.ts";

let schema: TestSchema;
let opened: TestStore;
/** Shared by the store and the application. */
let pool: Pool;

beforeEach(async () => {
  schema = new TestSchema();
  pool = new Pool({ connectionString: inject("postgres"), max: 3 });
  const store = postgresStore({ pool, schema: schema.name, listen: false, statementTimeout: 1500 });
  opened = new TestStore({ store, advance() {} });
  await opened.create(createWebhook());
});

afterEach(async () => {
  await opened.store.close();
  await pool.end();
  await schema.end();
});

test("transactions can emit while they use all connections of the pool", async () => {
  const otherStore = new TestStore({
    store: postgresStore({ pool, schema: schema.name, listen: false, statementTimeout: 1500 }),
    advance() {},
  });
  await otherStore.store.migrate();
  const clients: PoolClient[] = [];
  for (let i = 0; i < 3; i++) clients.push(await pool.connect());
  try {
    for (const client of clients) {
      await client.query("begin");
      expect(await otherStore.store.publish([createEvent()], { tx: client })).toMatchObject({
        published: [{ deliveryCount: 1 }],
      });
      await client.query("commit");
    }
  } finally {
    for (const client of clients) client.release();
    await otherStore.store.close();
  }
});

test("a pool instead of a transaction is rejected", async () => {
  await expect(opened.store.publish([createEvent()], { tx: pool })).rejects.toMatchObject({
    code: "tx_unsupported",
    message: expect.stringContaining("pool"),
  });
});

test("an error of the server in a transaction is reported like any other", async () => {
  const client = await pool.connect();
  try {
    await client.query("begin read only");
    await expect(opened.store.publish([createEvent()], { tx: client })).rejects.toMatchObject({
      name: "HeronError",
      code: "store_unavailable",
      cause: expect.objectContaining({ code: "25006" }),
    });
    await client.query("rollback");
  } finally {
    client.release();
  }
});

test("a transaction waits for the id of another only for the statement timeout, and keeps its own lock timeout", async () => {
  const same = createEvent({ idempotent: true });
  const [first, second] = [await pool.connect(), await pool.connect()];
  try {
    await first.query("begin");
    await opened.store.publish([same], { tx: first });
    await second.query("begin");
    await second.query("set local lock_timeout = '7s'");
    await opened.store.publish([createEvent()], { tx: second });
    const { rows } = await second.query("show lock_timeout");
    expect(rows).toEqual([{ lock_timeout: "7s" }]);
    await expect(opened.store.publish([same], { tx: second })).rejects.toMatchObject({ code: "store_busy" });
  } finally {
    for (const client of [first, second]) {
      await client.query("rollback");
      client.release();
    }
  }
});

test("a role that may not create schemas can use an existing one", async () => {
  const { name } = schema;
  await schema.pool.query(`create role ${name}_role`);
  await schema.pool.query(`create schema ${name}_own authorization ${name}_role`);
  await schema.pool.query(`revoke create on database postgres from ${name}_role`);
  const own = new Pool({ connectionString: inject("postgres"), options: `-c role=${name}_role`, max: 3 });
  const store = postgresStore({ pool: own, schema: `${name}_own`, listen: false });
  try {
    await store.migrate();
    expect((await store.webhooks.list({}, {})).data).toEqual([]);
  } finally {
    await store.close();
    await own.end();
    await schema.pool.query(`drop owned by ${name}_role cascade; drop role ${name}_role`);
  }
});
