import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "@heron-webhooks/core";
import { sqliteStore } from "@heron-webhooks/sender";
import { expect, test, vi } from "vitest";
import { bytesOf, claimedOf, deliveriesOf, importing, ownFolder, ownSchema, seenOf } from "./importing.ts";
import { Receiver } from "./receiver.ts";
import type { Schema } from "./schemas.ts";
import { makeFile, SECRET, senderOver, USERS } from "./sender-file.ts";

const LATER = 2 * 3_600_000;
const later = { now: (): number => Date.now() + LATER };

interface Moved {
  readonly path: string;
  readonly schema: Schema;
  readonly before: unknown;
  readonly stdout: string;
}

/** A file with all that there can be in one, and a schema that it was moved into. */
async function moved(receiver: Receiver): Promise<Moved> {
  const path = join(ownFolder(), "heron.db");
  await makeFile(path, receiver);
  const file = sqliteStore(path);
  const before = await seenOf(file, USERS);
  await file.close();
  const bytes = bytesOf(path);
  const schema = ownSchema();
  const { code, stdout, stderr } = await importing(path, schema.name).said;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `Moving ${path} to PostgreSQL (${schema.name}).\n`,
  });
  expect(bytesOf(path)).toEqual(bytes);
  return { path, schema, before, stdout };
}

test("whatever a sender's file holds is the same in PostgreSQL, and the file stays as it was", async () => {
  await using receiver = await Receiver.open();
  const { path, schema, before, stdout } = await moved(receiver);
  const store = schema.store();
  expect(await seenOf(store, USERS)).toEqual(before);
  expect(stdout.replaceAll(/ +/g, " ")).toContain(
    " 7 webhooks\n 3 users\n 6 events\n 4 pending deliveries\n 4 settled deliveries\n 11 attempts\n",
  );
  expect(stdout).toContain(`schema: "${schema.name}"`);

  // As who attempts it sees it, gates open, in a copy of the file.
  copyFileSync(path, `${path}.copy`);
  const file = sqliteStore(`${path}.copy`, { clock: later });
  const target = schema.store({ clock: later });
  for (const each of [file, target])
    for (const id of ["acme", "later"])
      await each.gate({ scope: "account", id, gate: "disabled", closedMs: null });
  const claimed = await claimedOf(target);
  expect(claimed).toHaveLength(4);
  expect(claimed).toEqual(await claimedOf(file));
  await Promise.all([file.close(), target.close(), store.close()]);
}, 60_000);

test("what was pending is delivered once, by the id that it had", async () => {
  await using receiver = await Receiver.open();
  const { schema } = await moved(receiver);
  const store = schema.store({ clock: later });
  const sender = senderOver(store);
  const pending = (await deliveriesOf(store)).filter(({ state }) => state === "pending");
  const had = receiver.requests.length;
  receiver.answer = () => ({ status: 200 });
  sender.start();
  await sender.accounts.enable("acme");
  await sender.accounts.enable("later");
  await vi.waitUntil(async () => (await sender.deliveries.list({ state: "pending" })).items.length === 0, {
    timeout: 20_000,
  });
  const sent = receiver.requests.slice(had);
  expect(sent.map(({ headers }) => headers["webhook-id"]).sort()).toEqual(pending.map(({ id }) => id).sort());
  for (const { path, headers, body } of sent)
    if (path !== "/dead") verify(body, String(headers["heron-signature"]), SECRET, { strict: true });
  for (const { id, attempts } of pending) {
    const log = await sender.deliveries.get(id);
    expect(log.attempts).toHaveLength(attempts + 1);
    expect(log.delivery).toMatchObject({ id, state: "delivered", attempts: attempts + 1 });
  }
  await sender.close();
}, 60_000);

test("an event of the file emitted again is a duplicate, and what is new comes before what was moved", async () => {
  await using receiver = await Receiver.open();
  const { schema } = await moved(receiver);
  const store = schema.store();
  const sender = senderOver(store);
  const old = await deliveriesOf(store);
  const late = (await sender.webhooks.list()).items.find(({ url }) => url.endsWith("/late"));
  expect(await sender.webhooks.recover(late?.id ?? "", { since: "1h" })).toBe(0);
  expect(await sender.emit("b.one", 1, { account: "acme", id: "order-1" })).toMatchObject({
    duplicate: true,
    deliveries: 3,
  });
  expect(await sender.emit("a.x", 1, { account: "later", id: "later-1" })).toMatchObject({
    duplicate: true,
    deliveries: 1,
  });
  expect(await sender.emit("b.two", 1, { account: "acme", id: "order-2" })).toMatchObject({
    duplicate: false,
    deliveries: 2,
  });
  const listed = await deliveriesOf(store);
  expect(listed.slice(2).map(({ id }) => id)).toEqual(old.map(({ id }) => id));
  const prefixes = new Set(listed.map(({ id }) => id.split("_")[1]));
  expect(prefixes.size).toBe(2);
  expect(listed[1]?.id).toMatch(/^dlv_[0-9a-f]{8}_1$/);
  // No number is another's, however it is written.
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

test("labels and conditions hold for what is emitted from then on", async () => {
  await using receiver = await Receiver.open();
  const { schema } = await moved(receiver);
  const store = schema.store();
  const sender = senderOver(store).for("acme");
  const topics = ["label.*"];
  const { id } = await sender.webhooks.create({ url: "https://example.com/", topics });
  for (const user of ["u1", "u2"]) await sender.emit("d.one", user, { user });
  const { items } = await sender.deliveries.list({ webhook: id });
  expect(items.map(({ event }) => event.topic)).toEqual(["label.new"]);
  const [good] = (await sender.webhooks.list()).items.filter(({ when }) => when.length > 0);
  await sender.webhooks.update(good?.id ?? "", { topics: ["**"] });
  await sender.emit("b.conditional", 1);
  await sender.emit("a.conditional", 1);
  const listed = (await sender.deliveries.list({ webhook: good?.id })).items.map(({ event }) => event.topic);
  expect(listed.filter((topic) => topic.endsWith("conditional"))).toEqual(["a.conditional"]);
  await store.close();
}, 60_000);

test("run again it changes nothing, and says so", async () => {
  await using receiver = await Receiver.open();
  const { path, schema, stdout: first } = await moved(receiver);
  const store = schema.store();
  const before = await seenOf(store, USERS);
  const { code, stdout, stderr } = await importing(path, schema.name).said;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /^.*heron\.db was moved on \d{4}-\d\d-\d\d \d\d:\d\d, and not changed since\. There is nothing to do\.\n/,
  );
  expect(stdout.slice(stdout.indexOf("\n"))).toContain(first.slice(first.indexOf("\n")));
  expect(await seenOf(store, USERS)).toEqual(before);
  const { rows } = await schema.pool.query(
    `select (select sum(pending)::int from ${schema.name}.tallies) as pending, (select count(*)::int from ${schema.name}.owed) as owed,
      (select sum(bytes)::int from ${schema.name}.volumes) as bytes,
      (select sum(200 + octet_length(body) + 150 * cardinality(deliveries))::int from ${schema.name}.events) as size`,
  );
  expect(rows[0]).toMatchObject({ pending: 4, owed: 4, bytes: rows[0].size });
  await store.close();
}, 60_000);
