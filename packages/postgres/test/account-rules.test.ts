import { createEvent, createWebhook, TestStore } from "@heron-webhooks/conformance/store";
import { type Condition, createSender, type LabelRecord } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestSchema } from "./test-schema.ts";

const IS_PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };
const label: LabelRecord = {
  account: "acme",
  name: "pro",
  pattern: "a.*",
  conditions: [IS_PRO],
  description: "",
  createdAt: 0,
};

let schema: TestSchema;
/** Two stores stand for two processes. */
let processA: TestStore;
let processB: TestStore;

beforeEach(async () => {
  schema = new TestSchema();
  processA = new TestStore({ store: schema.store(), advance() {} });
  processB = new TestStore({ store: schema.store(), advance() {} });
  await processA.create(
    createWebhook({ id: "wbh_pro", topics: ["label.pro"] }),
    createWebhook({ id: "wbh_raw" }),
  );
});

afterEach(async () => {
  await processA.store.close();
  await processB.store.close();
  await schema.end();
});

/** How many deliveries each webhook has. */
async function countDeliveries(): Promise<Readonly<Record<string, number>>> {
  const { data } = await processA.store.deliveries.list({}, { limit: 1000 });
  const count = (id: string): number => data.filter((item) => item.webhook === id).length;
  return { pro: count("wbh_pro"), raw: count("wbh_raw") };
}

test("changes of labels and conditions in one process apply to the next event of another", async () => {
  await processA.store.users.addProperties("acme", "u", { plan: "pro" });
  await processB.publish(createEvent({ user: "u" }));
  await processA.store.labels.create(label, 10);
  await processB.publish(createEvent({ user: "u" }));
  expect(await countDeliveries()).toEqual({ pro: 1, raw: 2 });
  await processA.store.labels.update("acme", "pro", { conditions: [{ ...IS_PRO, value: "free" }] });
  await processB.publish(createEvent({ user: "u" }));
  expect(await countDeliveries()).toEqual({ pro: 1, raw: 3 });
  await processA.store.webhooks.update("wbh_raw", 1, { conditions: [{ ...IS_PRO, value: "free" }] });
  await processB.publish(createEvent({ user: "u" }), createEvent({ account: "b" }));
  expect(await countDeliveries()).toEqual({ pro: 1, raw: 3 });
  await processA.store.labels.delete("acme", "pro");
  await processB.store.webhooks.update("wbh_raw", 2, { conditions: [] });
  await processA.publish(createEvent({ user: "u" }));
  expect(await countDeliveries()).toEqual({ pro: 1, raw: 4 });
});

test("properties that change while conditions are evaluated are read again", async () => {
  await processA.store.labels.create(label, 10);
  await processA.store.users.addProperties("acme", "u", { plan: "free" });
  await processA.publish(createEvent({ user: "u" }));
  const client = await schema.pool.connect();
  let changes = 0;
  const tx = {
    async query(text: string, values?: unknown[]) {
      const found = await client.query(text, values);
      // Another process is faster than the statement that publishes.
      if (/from [^ ]*users/.test(text) && changes++ === 0)
        await processB.store.users.addProperties("acme", "u", { plan: "pro" });
      return found;
    },
  };
  try {
    await client.query("begin");
    await processA.store.publish([createEvent({ user: "u" })], { tx });
    await client.query("commit");
  } finally {
    client.release();
  }
  expect(changes).toBe(2);
  expect(await countDeliveries()).toEqual({ pro: 1, raw: 2 });
  const { data } = await processA.store.deliveries.list({ webhook: "wbh_pro" }, {});
  expect((await processA.store.deliveries.get(data[0]?.id ?? ""))?.user).toBe('{"plan":"pro"}');
});

test("publishing fails in the end if the properties change all the time, and nothing is stored", async () => {
  await processA.store.labels.create(label, 10);
  await processA.publish(createEvent({ user: "u" }));
  const client = await schema.pool.connect();
  let changes = 0;
  const tx = {
    async query(text: string, values?: unknown[]) {
      const found = await client.query(text, values);
      if (/from [^ ]*users/.test(text))
        await processB.store.users.addProperties("acme", "u", { changes: ++changes });
      return found;
    },
  };
  try {
    await client.query("begin");
    await expect(processA.store.publish([createEvent({ user: "u" })], { tx })).rejects.toMatchObject({
      code: "store_busy",
    });
    await client.query("rollback");
  } finally {
    client.release();
  }
  expect(await countDeliveries()).toEqual({ pro: 0, raw: 1 });
});

test("concurrent publishing while labels change: each event follows one version of the rules", async () => {
  let done = false;
  const changing = (async () => {
    while (!done) {
      await processA.store.labels.create({ ...label, name: "pro", conditions: [] }, 10);
      await processA.store.labels.delete("acme", "pro");
    }
  })();
  const events = Array.from({ length: 300 }, (_, n) => createEvent({ id: `k${n % 100}`, idempotent: true }));
  const results = await Promise.all(
    events.map((newEvent, n) => (n % 2 === 0 ? processA : processB).publish(newEvent)),
  );
  done = true;
  await changing;
  expect(
    results.filter(
      ([published]) => published !== undefined && "duplicate" in published && !published.duplicate,
    ),
  ).toHaveLength(100);
  const { raw, pro } = await countDeliveries();
  expect(raw).toBe(100);
  expect(pro).toBeLessThanOrEqual(100);
}, 60_000);

test("a webhook that gets conditions while a statement publishes gets no event that they do not match", async () => {
  await processA.publish(createEvent());
  const client = await schema.pool.connect();
  try {
    await client.query(`begin; set local search_path = ${schema.name}; lock table subscriptions`);
    // It looks up webhooks and waits for the lock.
    const published = processA.publish(createEvent());
    await expect
      .poll(async () => (await schema.pool.query(WAITING_LOCKS, [schema.name])).rows.length, {
        timeout: 5000,
      })
      .toBe(1);
    await client.query(
      "update webhooks set has_conditions = true, record = (record::jsonb || $1)::text where external_id = 'wbh_raw'",
      [JSON.stringify({ conditions: [IS_PRO], version: 2 })],
    );
    await client.query("update accounts set rules_version = rules_version + 1");
    await client.query("commit");
    await published;
  } finally {
    client.release();
  }
  expect(await countDeliveries()).toEqual({ pro: 0, raw: 1 });
});

const WAITING_LOCKS = `select from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
  where not l.granted and c.relname = 'subscriptions' and n.nspname = $1`;

test("an event that cannot be stored does not fail other accounts that publish at the same time", async () => {
  await processA.publish(createEvent());
  const results = await Promise.allSettled([
    processA.store.publish([createEvent()]),
    processA.store.publish([createEvent({ account: "b" })]),
    processA.store.publish([createEvent({ user: "a\0b" })]),
    processA.store.publish([createEvent({ account: "c" })]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(results[2]).toMatchObject({ reason: { code: "option_invalid" } });
});

test("changing an unknown label changes neither the rules of its account nor adds an account", async () => {
  await processA.store.labels.create(label, 10);
  expect(await processA.store.labels.delete("acme", "none")).toBe(false);
  expect(await processA.store.labels.update("acme", "none", {})).toBeNull();
  expect(await processA.store.labels.delete("unknown", "none")).toBe(false);
  expect(await processA.store.labels.update("unknown", "none", {})).toBeNull();
  const { rows } = await schema.pool.query(`select external_id, rules_version from ${schema.name}.accounts`);
  expect(rows).toEqual([{ external_id: "acme", rules_version: 1 }]);
});

test("a name that PostgreSQL cannot represent is not found", async () => {
  const { labels, writeKeys } = createSender({ store: processA.store });
  const missing = { code: "label_not_found" };
  await expect(labels.delete("a\0")).rejects.toMatchObject(missing);
  await expect(labels.update("a\0", {})).rejects.toMatchObject(missing);
  await expect(writeKeys.delete("wky_\0")).rejects.toMatchObject({ code: "write_key_not_found" });
});
