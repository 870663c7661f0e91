import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "@heron-webhooks/core";
import { sqliteStore } from "@heron-webhooks/sender";
import { expect, test, vi } from "vitest";
import { Receiver } from "./receiver.ts";
import {
  claimAll,
  createFolder,
  createSchema,
  listDeliveries,
  readEverything,
  readFileHex,
  runImport,
} from "./run-import.ts";
import { createTestSender, makeFile, SECRET, USERS } from "./sender-file.ts";
import type { TestSchema } from "./test-schema.ts";

const LATER_MS = 2 * 3_600_000;
const laterClock = { now: (): number => Date.now() + LATER_MS };

interface ImportedFile {
  readonly path: string;
  readonly schema: TestSchema;
  readonly before: unknown;
  readonly stdout: string;
}

/** Imports a file with at least one row of every kind. */
async function importNewFile(receiver: Receiver): Promise<ImportedFile> {
  const path = join(createFolder(), "heron.db");
  await makeFile(path, receiver);
  const file = sqliteStore(path);
  const before = await readEverything(file, USERS);
  await file.close();
  const bytes = readFileHex(path);
  const schema = createSchema();
  const { code, stdout, stderr } = await runImport(path, schema.name).result;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `Importing ${path} into PostgreSQL (${schema.name}).\n`,
  });
  expect(readFileHex(path)).toEqual(bytes);
  return { path, schema, before, stdout };
}

test("the imported data is the same in PostgreSQL, and the file is not changed", async () => {
  await using receiver = await Receiver.open();
  const { path, schema, before, stdout } = await importNewFile(receiver);
  const store = schema.store();
  expect(await readEverything(store, USERS)).toEqual(before);
  expect(stdout.replaceAll(/ +/g, " ")).toContain(
    " 7 webhooks\n 3 users\n 6 events\n 4 pending deliveries\n 4 completed deliveries\n 11 attempts\n",
  );
  expect(stdout).toContain(`schema: "${schema.name}"`);

  // Compare the claims, without pauses, with those of a copy of the file.
  copyFileSync(path, `${path}.copy`);
  const file = sqliteStore(`${path}.copy`, { clock: laterClock });
  const target = schema.store({ clock: laterClock });
  for (const store of [file, target])
    for (const id of ["acme", "later"])
      await store.setPause({ scope: "account", id, reason: "disabled", durationMs: null });
  const claimed = await claimAll(target);
  expect(claimed).toHaveLength(4);
  expect(claimed).toEqual(await claimAll(file));
  await Promise.all([file.close(), target.close(), store.close()]);
}, 60_000);

test("pending deliveries are delivered once, with their ids", async () => {
  await using receiver = await Receiver.open();
  const { schema } = await importNewFile(receiver);
  const store = schema.store({ clock: laterClock });
  const sender = createTestSender(store);
  const pending = (await listDeliveries(store)).filter(({ state }) => state === "pending");
  const previousCount = receiver.requests.length;
  receiver.respond = () => ({ status: 200 });
  sender.start();
  await sender.accounts.enable("acme");
  await sender.accounts.enable("later");
  await vi.waitUntil(async () => (await sender.deliveries.list({ state: "pending" })).data.length === 0, {
    timeout: 20_000,
  });
  const sent = receiver.requests.slice(previousCount);
  expect(sent.map(({ headers }) => headers["webhook-id"]).sort()).toEqual(pending.map(({ id }) => id).sort());
  for (const { path, headers, body } of sent)
    if (path !== "/dead") verify(body, String(headers["heron-signature"]), SECRET, { rawBodyOnly: true });
  for (const { id, attemptCount } of pending) {
    const log = await sender.deliveries.get(id);
    expect(log.attempts).toHaveLength(attemptCount + 1);
    expect(log.delivery).toMatchObject({ id, state: "delivered", attemptCount: attemptCount + 1 });
  }
  await sender.close();
}, 60_000);

test("an imported event that is emitted again is a duplicate, and new deliveries are listed before imported ones", async () => {
  await using receiver = await Receiver.open();
  const { schema } = await importNewFile(receiver);
  const store = schema.store();
  const sender = createTestSender(store);
  const old = await listDeliveries(store);
  const late = (await sender.webhooks.list()).data.find(({ url }) => url.endsWith("/late"));
  expect(await sender.webhooks.recover(late?.id ?? "", { since: "1h" })).toBe(0);
  expect(await sender.emit("b.one", 1, { account: "acme", id: "order-1" })).toMatchObject({
    duplicate: true,
    deliveryCount: 3,
  });
  expect(await sender.emit("a.x", 1, { account: "later", id: "later-1" })).toMatchObject({
    duplicate: true,
    deliveryCount: 1,
  });
  expect(await sender.emit("b.two", 1, { account: "acme", id: "order-2" })).toMatchObject({
    duplicate: false,
    deliveryCount: 2,
  });
  const listed = await listDeliveries(store);
  expect(listed.slice(2).map(({ id }) => id)).toEqual(old.map(({ id }) => id));
  const prefixes = new Set(listed.map(({ id }) => id.split("_")[1]));
  expect(prefixes.size).toBe(2);
  expect(listed[1]?.id).toMatch(/^dlv_[0-9a-f]{8}_1$/);
  // Ids with unknown names or numbers are not found.
  const [, name] = old[0]?.id.split("_") ?? [];
  const [, own] = listed[0]?.id.split("_") ?? [];
  for (const id of [
    `dlv_${own}_0`,
    `dlv_${name}_0`,
    `dlv_${name}_zzz`,
    `dlv_${own}_c`,
    "dlv_ffff_1",
    `dlv_${name}_`,
  ])
    expect(await store.deliveries.get(id), id).toBeNull();
  await sender.close();
}, 60_000);

test("imported labels and conditions apply to new events", async () => {
  await using receiver = await Receiver.open();
  const { schema } = await importNewFile(receiver);
  const store = schema.store();
  const sender = createTestSender(store).forAccount("acme");
  const topics = ["label.*"];
  const { id } = await sender.webhooks.create({ url: "https://example.com/", topics });
  for (const user of ["u1", "u2"]) await sender.emit("d.one", user, { user });
  const { data } = await sender.deliveries.list({ webhook: id });
  expect(data.map(({ event }) => event.topic)).toEqual(["label.new"]);
  const [good] = (await sender.webhooks.list()).data.filter(({ conditions }) => conditions.length > 0);
  await sender.webhooks.update(good?.id ?? "", { topics: ["**"] });
  await sender.emit("b.conditional", 1);
  await sender.emit("a.conditional", 1);
  const listed = (await sender.deliveries.list({ webhook: good?.id })).data.map(({ event }) => event.topic);
  expect(listed.filter((topic) => topic.endsWith("conditional"))).toEqual(["a.conditional"]);
  await store.close();
}, 60_000);

test("a second import changes nothing, and says so", async () => {
  await using receiver = await Receiver.open();
  const { path, schema, stdout: first } = await importNewFile(receiver);
  const store = schema.store();
  const before = await readEverything(store, USERS);
  const { code, stdout, stderr } = await runImport(path, schema.name).result;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /^.*heron\.db was imported on \d{4}-\d\d-\d\d \d\d:\d\d and has not changed since\. Nothing to do\.\n/,
  );
  expect(stdout.slice(stdout.indexOf("\n"))).toContain(first.slice(first.indexOf("\n")));
  expect(await readEverything(store, USERS)).toEqual(before);
  const { rows } = await schema.pool.query(
    `select (select sum(delta)::int from ${schema.name}.pending_counters) as counted, (select count(*)::int from ${schema.name}.pending_deliveries) as pending,
      (select sum(delta_bytes)::int from ${schema.name}.storage_counters) as bytes,
      (select sum(200 + octet_length(body) + 150 * cardinality(deliveries))::int from ${schema.name}.events) as size`,
  );
  expect(rows[0]).toMatchObject({ counted: 4, pending: 4, bytes: rows[0].size });
  await store.close();
}, 60_000);
