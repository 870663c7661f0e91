import { event, Opened, webhook } from "@heron-webhooks/conformance/store";
import { type Condition, createSender, type LabelRecord } from "@heron-webhooks/sender";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Schema } from "./schemas.ts";

const PRO: Condition = { path: "user.plan", op: "eq", value: "pro" };
const label: LabelRecord = {
  account: "acme",
  name: "pro",
  pattern: "a.*",
  when: [PRO],
  description: "",
  created: 0,
};

let schema: Schema;
/** Two processes, as far as the database knows. */
let one: Opened;
let other: Opened;

beforeEach(async () => {
  schema = new Schema();
  one = new Opened({ store: schema.store(), advance() {} });
  other = new Opened({ store: schema.store(), advance() {} });
  await one.create(webhook({ id: "wbh_pro", topics: ["label.pro"] }), webhook({ id: "wbh_raw" }));
});

afterEach(async () => {
  await one.store.close();
  await other.store.close();
  await schema.end();
});

/** How many deliveries there are to each. */
async function deliveries(): Promise<Readonly<Record<string, number>>> {
  const { items } = await one.store.deliveries.list({}, { limit: 1000 });
  const of = (id: string): number => items.filter((item) => item.webhook === id).length;
  return { pro: of("wbh_pro"), raw: of("wbh_raw") };
}

test("what one process changes of labels and conditions holds for the next event of another", async () => {
  await one.store.users.addProperties("acme", "u", { plan: "pro" });
  await other.publish(event({ user: "u" }));
  await one.store.labels.create(label, 10);
  await other.publish(event({ user: "u" }));
  expect(await deliveries()).toEqual({ pro: 1, raw: 2 });
  await one.store.labels.update("acme", "pro", { when: [{ ...PRO, value: "free" }] });
  await other.publish(event({ user: "u" }));
  expect(await deliveries()).toEqual({ pro: 1, raw: 3 });
  await one.store.webhooks.update("wbh_raw", 1, { when: [{ ...PRO, value: "free" }] });
  await other.publish(event({ user: "u" }), event({ account: "b" }));
  expect(await deliveries()).toEqual({ pro: 1, raw: 3 });
  await one.store.labels.remove("acme", "pro");
  await other.store.webhooks.update("wbh_raw", 2, { when: [] });
  await one.publish(event({ user: "u" }));
  expect(await deliveries()).toEqual({ pro: 1, raw: 4 });
});

test("properties that change while conditions are held against them are read again", async () => {
  await one.store.labels.create(label, 10);
  await one.store.users.addProperties("acme", "u", { plan: "free" });
  await one.publish(event({ user: "u" }));
  const client = await schema.pool.connect();
  let changes = 0;
  const tx = {
    async query(text: string, values?: unknown[]) {
      const found = await client.query(text, values);
      // Somebody is quicker than the statement that publishes.
      if (/from [^ ]*users/.test(text) && changes++ === 0)
        await other.store.users.addProperties("acme", "u", { plan: "pro" });
      return found;
    },
  };
  try {
    await client.query("begin");
    await one.store.publish([event({ user: "u" })], { tx });
    await client.query("commit");
  } finally {
    client.release();
  }
  expect(changes).toBe(2);
  expect(await deliveries()).toEqual({ pro: 1, raw: 2 });
  const { items } = await one.store.deliveries.list({ webhook: "wbh_pro" }, {});
  expect((await one.store.deliveries.get(items[0]?.id ?? ""))?.user).toBe('{"plan":"pro"}');
});

test("what changes all the time is given up in the end, and nothing is kept", async () => {
  await one.store.labels.create(label, 10);
  await one.publish(event({ user: "u" }));
  const client = await schema.pool.connect();
  let changes = 0;
  const tx = {
    async query(text: string, values?: unknown[]) {
      const found = await client.query(text, values);
      if (/from [^ ]*users/.test(text))
        await other.store.users.addProperties("acme", "u", { changes: ++changes });
      return found;
    },
  };
  try {
    await client.query("begin");
    await expect(one.store.publish([event({ user: "u" })], { tx })).rejects.toMatchObject({
      code: "store_busy",
    });
    await client.query("rollback");
  } finally {
    client.release();
  }
  expect(await deliveries()).toEqual({ pro: 0, raw: 1 });
});

test("many publish while labels come and go, and each event is by what was there at one time", async () => {
  let done = false;
  const changing = (async () => {
    while (!done) {
      await one.store.labels.create({ ...label, name: "pro", when: [] }, 10);
      await one.store.labels.remove("acme", "pro");
    }
  })();
  const events = Array.from({ length: 300 }, (_, n) => event({ id: `k${n % 100}`, idempotent: true }));
  const made = await Promise.all(events.map((each, n) => (n % 2 === 0 ? one : other).publish(each)));
  done = true;
  await changing;
  expect(
    made.filter(([published]) => published !== undefined && "duplicate" in published && !published.duplicate),
  ).toHaveLength(100);
  const { raw, pro } = await deliveries();
  expect(raw).toBe(100);
  expect(pro).toBeLessThanOrEqual(100);
}, 60_000);

test("a webhook that gets conditions while a statement publishes is not sent what they do not hold of", async () => {
  await one.publish(event());
  const client = await schema.pool.connect();
  try {
    await client.query(`begin; set local search_path = ${schema.name}; lock table subscriptions`);
    // It looks for webhooks, and has to wait.
    const published = one.publish(event());
    await expect
      .poll(async () => (await schema.pool.query(WAITING, [schema.name])).rows.length, { timeout: 5000 })
      .toBe(1);
    await client.query(
      "update webhooks set conditional = true, record = (record::jsonb || $1)::text where key = 'wbh_raw'",
      [JSON.stringify({ when: [PRO], version: 2 })],
    );
    await client.query("update accounts set rules = rules + 1");
    await client.query("commit");
    await published;
  } finally {
    client.release();
  }
  expect(await deliveries()).toEqual({ pro: 0, raw: 1 });
});

const WAITING = `select from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
  where not l.granted and c.relname = 'subscriptions' and n.nspname = $1`;

test("what cannot be kept of one account is no failure of another that publishes at the same time", async () => {
  await one.publish(event());
  const results = await Promise.allSettled([
    one.store.publish([event()]),
    one.store.publish([event({ account: "b" })]),
    one.store.publish([event({ user: "a\0b" })]),
    one.store.publish([event({ account: "c" })]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(results[2]).toMatchObject({ reason: { code: "option_invalid" } });
});

test("a label that is not there is not looked for at the cost of those that are, nor of who never was", async () => {
  await one.store.labels.create(label, 10);
  expect(await one.store.labels.remove("acme", "none")).toBe(false);
  expect(await one.store.labels.update("acme", "none", {})).toBeNull();
  expect(await one.store.labels.remove("nobody", "none")).toBe(false);
  expect(await one.store.labels.update("nobody", "none", {})).toBeNull();
  const { rows } = await schema.pool.query(`select key, rules from ${schema.name}.accounts`);
  expect(rows).toEqual([{ key: "acme", rules: 1 }]);
});

test("a name that PostgreSQL cannot even be asked for is one that is not there", async () => {
  const { labels, writeKeys } = createSender({ store: one.store });
  const missing = { code: "label_not_found" };
  await expect(labels.remove("a\0")).rejects.toMatchObject(missing);
  await expect(labels.update("a\0", {})).rejects.toMatchObject(missing);
  await expect(writeKeys.remove("wky_\0")).rejects.toMatchObject({ code: "write_key_not_found" });
});
