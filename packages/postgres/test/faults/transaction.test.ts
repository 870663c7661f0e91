import { createSender, type Sender } from "@heron-webhooks/sender";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { postgresStore } from "../../src/index.ts";
import { LEASE_MS, SenderCluster, SLACK_MS } from "./sender-cluster.ts";
import { waitFor } from "./wait-for.ts";

let cluster: SenderCluster;
/** The application emits and does not deliver. */
let application: Sender;
let client: Client;

beforeAll(async () => {
  cluster = await SenderCluster.open(inject("postgres"), { count: 2 });
  application = createSender({
    store: postgresStore({ connectionString: inject("postgres"), schema: cluster.schema }),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
  });
  client = new Client({ connectionString: inject("postgres") });
  await client.connect();
}, 60_000);

afterAll(async () => {
  await application.close();
  await client.end();
  await cluster[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await client.query("begin");
});

const emit = async (): Promise<string> =>
  (await application.emit("order.paid", null, { account: "ann", tx: client })).id;
const countRequests = (event: string): number =>
  cluster.inbox.requests.filter((arrival) => arrival.event === event).length;
const waitForEvent = (event: string): Promise<true> =>
  waitFor("it has arrived", LEASE_MS + SLACK_MS, () => (cluster.inbox.events.has(event) ? true : undefined));

test("an event that was emitted in a rolled back transaction is not delivered", async () => {
  const never = await emit();
  await client.query("rollback");
  await client.query("begin");
  const later = await emit();
  await client.query("commit");
  await waitForEvent(later);
  await cluster.waitForCleanTables();
  expect([countRequests(never), countRequests(later)]).toEqual([0, 1]);
});

test("an event that was emitted in a transaction is delivered once, by another process, after the commit", async () => {
  const event = await emit();
  const otherEvent = (await application.emit("order.paid", null, { account: "ann" })).id;
  await waitForEvent(otherEvent);
  expect(countRequests(event)).toBe(0);
  await client.query("commit");
  await waitForEvent(event);
  await cluster.waitForCleanTables();
  expect(countRequests(event)).toBe(1);
});

test.each(["is killed", "closes"])(
  "an event is delivered although its transaction is committed only after the owner of its webhook %s",
  async (outcome) => {
    const event = await emit();
    const { rows } = await client.query(`select distinct owner from ${cluster.schema}.webhook_leases`);
    expect(rows.length).toBeGreaterThan(0);
    const owners = [...cluster.processes];
    const next = await cluster.join();
    await next.send({ do: "start" });
    for (const owner of owners) await (outcome === "closes" ? cluster.close(owner) : cluster.kill(owner));
    await waitFor("another process owns its webhooks", LEASE_MS + SLACK_MS, async () =>
      (await cluster.getTableSummary()).processes === 1 ? true : undefined,
    );
    await cluster.anyProcess.send({ do: "emit", count: 1, accounts: ["ann"], topics: ["order.sent"] });
    await cluster.waitForEvents();
    await client.query("commit");
    await waitForEvent(event);
    await cluster.waitForCleanTables();
    expect(countRequests(event)).toBe(1);
  },
  60_000,
);

test("a delivery that is committed after its webhook was deleted does not stay in the counter", async () => {
  await client.query("commit");
  const webhook = await application.webhooks.create({
    url: cluster.inbox.url,
    topics: ["deleted.*"],
    account: "eve",
  });
  await client.query("begin");
  await application.emit("deleted.now", null, { account: "eve", tx: client });
  await application.webhooks.delete(webhook.id);
  await client.query("commit");
  await application.prune();
  expect(await cluster.getTableSummary()).toMatchObject({ pending: 0, wrongCounters: 0 });
});
