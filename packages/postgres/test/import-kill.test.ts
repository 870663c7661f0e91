import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createRandom } from "@heron-webhooks/conformance/faults";
import { getTestSeed, selectCount } from "@heron-webhooks/conformance/runs";
import { sqliteStore } from "@heron-webhooks/sender";
import { expect, inject, onTestFailed, test, vi } from "vitest";
import type { Batch } from "../src/import/batch.ts";
import { copyUsers } from "../src/import/copy-users.ts";
import { type ImportState, ImportTarget } from "../src/import/import-target.ts";
import { SourceFile } from "../src/import/source-file.ts";
import { countRows } from "../src/import/totals.ts";
import { Receiver } from "./receiver.ts";
import {
  type Command,
  createFolder,
  createSchema,
  listDeliveries,
  readEverything,
  readFileHex,
  runImport,
} from "./run-import.ts";
import { createTestSender, makeLarge } from "./sender-file.ts";
import type { TestSchema } from "./test-schema.ts";

const USERS = Array.from({ length: 40 }, (_, i) => ["acme", `u${i}`] as const);

interface Row {
  readonly stage: string;
  readonly done: number;
}

/** The progress in the schema; null before the import started. */
async function getProgress({ name, pool }: TestSchema): Promise<Row | null> {
  const { rows } = await pool
    .query(`select stage, rows_done::int as done from ${name}.imports`)
    .catch(() => ({ rows: [] as Row[] }));
  return rows[0] ?? null;
}

/** Whether the command ended before it made this progress. */
async function waitUntilEndedOr(
  command: Command,
  isReached: (row: Row) => boolean,
  schema: TestSchema,
): Promise<boolean> {
  let hasEnded = false;
  void command.result.then(() => {
    hasEnded = true;
  });
  await vi.waitUntil(
    async () => {
      const row = await getProgress(schema);
      return hasEnded || (row !== null && isReached(row));
    },
    { timeout: 60_000, interval: 2 },
  );
  return hasEnded;
}

test("an import that is killed and restarted loses and duplicates nothing", async () => {
  const seed = getTestSeed();
  onTestFailed(() => console.error(`HERON_TEST_SEED=${seed}`));
  const random = createRandom(seed);
  const path = join(createFolder(), "heron.db");
  const schema = createSchema();
  await makeLarge(path, "http://127.0.0.1:9", 300);
  const file = sqliteStore(path);
  const before = await readEverything(file, USERS);
  await file.close();
  const bytes = readFileHex(path);

  const stages = new Set<string>();
  let kills = 0;
  for (let far = 1; ; far += selectCount(180, 50)) {
    const command = runImport(path, schema.name, "--batch", "3");
    if (await waitUntilEndedOr(command, ({ done }) => done >= far, schema)) {
      const { code, stderr } = await command.result;
      expect(code).toBe(0);
      // Empty if the last kill came after everything was imported.
      expect([`Resuming the import of ${path}.\n`, ""]).toContain(stderr);
      break;
    }
    await setTimeout(random() * 15);
    await command.kill();
    stages.add((await getProgress(schema))?.stage ?? "");
    kills++;
  }
  expect(kills).toBeGreaterThan(4);
  expect(stages.size).toBeGreaterThan(2);

  const store = schema.store();
  expect(await readEverything(store, USERS)).toEqual(before);
  expect(readFileHex(path)).toEqual(bytes);
  const { rows } = await schema.pool.query(
    `select (select sum(delta)::int from ${schema.name}.pending_counters) as counted, (select count(*)::int from ${schema.name}.pending_deliveries) as pending,
      (select count(*)::int from ${schema.name}.idempotency_keys) as keys, (select count(*)::int from ${schema.name}.notifications) as notifications,
      (select copied_counts from ${schema.name}.imports) as counts, (select count(*)::int from ${schema.name}.subscriptions) as subscriptions`,
  );
  expect(rows[0]).toMatchObject({ counted: rows[0].pending, keys: 150, notifications: 0, subscriptions: 2 });
  expect(JSON.parse(rows[0].counts)).toEqual({
    webhooks: 2,
    users: 40,
    events: 300,
    pending: 400,
    completed: 200,
    attempts: 200,
  });
  await store.close();
}, 180_000);

test("a running sender delivers imported events although the import was interrupted, with their ids", async () => {
  await using receiver = await Receiver.open();
  const path = join(createFolder(), "heron.db");
  const schema = createSchema();
  const store = schema.store();
  const sender = createTestSender(store);
  await sender.webhooks.create({ account: "own", url: `${receiver.url}/own`, topics: ["own.*"] });
  await sender.users.addProperties("u1", { i: "newer", also: 1 }, { account: "acme" });
  sender.start();
  await sender.emit("own.first", 1, { account: "own" });
  await makeLarge(path, receiver.url, 60);

  const broken = runImport(path, schema.name, "--batch", "1");
  expect(await waitUntilEndedOr(broken, ({ stage }) => stage === "pending", schema)).toBe(false);
  await broken.kill();
  // The sender owns the webhooks now, and the import must notify it of the other deliveries.
  const { deliveryCount } = await sender.emit("a.new", 1, { account: "acme" });
  expect(deliveryCount).toBe(2);
  await vi.waitUntil(() => receiver.requests.length >= 3, { timeout: 20_000 });
  expect((await runImport(path, schema.name).result).code).toBe(0);
  await sender.emit("own.last", 1, { account: "own" });

  const file = sqliteStore(path);
  const old = await listDeliveries(file);
  await file.close();
  const due = old
    .filter(({ state, attemptCount }) => state === "pending" && attemptCount === 0)
    .map(({ id }) => id);
  expect(due).toHaveLength(60);
  await vi.waitUntil(() => due.every((id) => receiver.getDeliveryIds().includes(id)), { timeout: 20_000 });
  expect(receiver.requests).toHaveLength(due.length + 4);
  expect(new Set(receiver.getDeliveryIds()).size).toBe(due.length + 4);
  const listed = await listDeliveries(store);
  expect(listed.slice(4).map(({ id }) => id)).toEqual(old.map(({ id }) => id));
  expect((await store.deliveries.get(due[0] ?? ""))?.delivery.id).toBe(due[0]);
  expect(await store.users.get("acme", "u1")).toEqual({ i: "newer", also: 1 });
  expect(await store.users.get("acme", "u2")).toEqual({ i: 2 });
  await sender.close();
}, 120_000);

test("two files can be imported into one schema concurrently, and keep their ids", async () => {
  const folder = createFolder();
  const schema = createSchema();
  const paths = [join(folder, "one.db"), join(folder, "two.db")] as const;
  const old: string[] = [];
  const store = schema.store();
  for (const path of paths) {
    await makeLarge(path, "http://127.0.0.1:9", 40);
    const file = sqliteStore(path);
    old.unshift(...(await listDeliveries(file)).map(({ id }) => id));
    await file.close();
  }
  const broken = runImport(paths[0], schema.name, "--batch", "1");
  await waitUntilEndedOr(broken, ({ done }) => done > 90, schema);
  await broken.kill();
  const [inTwo = "", inOne = ""] = [old[0], old.at(-1)];
  // A store loads the ranges of a file when one of its ids is looked up.
  expect(await store.deliveries.get(inTwo)).toBeNull();
  expect((await runImport(paths[1], schema.name).result).code).toBe(0);
  expect((await store.deliveries.get(inTwo))?.delivery.id).toBe(inTwo);
  expect((await runImport(paths[0], schema.name).result).code).toBe(0);
  expect((await store.deliveries.get(inOne))?.delivery.id).toBe(inOne);
  const listed = await listDeliveries(store);
  // The second file has lower numbers than the first.
  expect(listed.map(({ id }) => id)).toEqual([...old.slice(80), ...old.slice(0, 80)]);
  await store.close();
}, 120_000);

test("of two processes that import the same file, the second one fails, and nothing is imported twice", async () => {
  const path = join(createFolder(), "heron.db");
  const schema = createSchema();
  await makeLarge(path, "http://127.0.0.1:9", 20);
  const source = SourceFile.open(path);
  const targets = [1, 2].map(() => new ImportTarget(inject("postgres"), schema.name)) as [
    ImportTarget,
    ImportTarget,
  ];
  const totals = countRows(source);
  const [stateA, stateB] = await Promise.all(targets.map((target) => target.begin(source, totals, "users")));
  expect([stateA?.isNew, stateB?.isNew].sort()).toEqual([false, true]);
  expect(stateA?.deliveryIdOffset).toBe(stateB?.deliveryIdOffset);
  const { schema: quoted, ids } = targets[0];
  const context = {
    source,
    schema: quoted,
    ids,
    deliveryIdOffset: stateA?.deliveryIdOffset ?? 0,
    eventIdOffset: stateA?.eventIdOffset ?? 0,
    batchSize: 30,
  };
  const [first, second] = copyUsers(context, null);
  const progress = await targets[0].copyBatch(source.storeId, stateA as ImportState, first as Batch);
  await expect(
    targets[1].copyBatch(source.storeId, stateB as ImportState, first as Batch),
  ).rejects.toMatchObject({
    code: "store_busy",
    message: expect.stringMatching(/^Another process imports a copy of this file into the same schema/),
  });
  expect(await targets[0].copyBatch(source.storeId, progress, second as Batch)).toMatchObject({
    done: 40,
    counts: { users: 40 },
  });
  for (const { database } of targets) await database.close();
  source.close();
});
