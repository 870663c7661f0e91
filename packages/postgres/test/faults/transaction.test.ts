import { createSender, type Sender } from "@heron-webhooks/sender";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { postgresStore } from "../../src/index.ts";
import { SenderCluster, LEASE_MS, SLACK_MS } from "./sender-cluster.ts";
import { waitFor } from "./wait-for.ts";

let crew: SenderCluster;
/** The application: it emits, and delivers nothing itself. */
let application: Sender;
/** Its connection. */
let client: Client;

beforeAll(async () => {
  crew = await SenderCluster.open(inject("postgres"), { count: 2 });
  application = createSender({
    store: postgresStore({ connectionString: inject("postgres"), schema: crew.schema }),
    egress: { allow: ["127.0.0.0/8"], allowHttp: true },
  });
  client = new Client({ connectionString: inject("postgres") });
  await client.connect();
}, 60_000);

afterAll(async () => {
  await application.close();
  await client.end();
  await crew[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await client.query("begin");
});

const emit = async (): Promise<string> =>
  (await application.emit("order.paid", null, { account: "ann", tx: client })).id;
const countRequests = (event: string): number =>
  crew.inbox.requests.filter((arrival) => arrival.event === event).length;
const waitForEvent = (event: string): Promise<true> =>
  waitFor("it has come", LEASE_MS + SLACK_MS, () => (crew.inbox.events.has(event) ? true : undefined));

test("an event that was emitted in a transaction that is rolled back is none", async () => {
  const never = await emit();
  await client.query("rollback");
  await client.query("begin");
  const later = await emit();
  await client.query("commit");
  await waitForEvent(later);
  await crew.waitForCleanTables();
  expect([countRequests(never), countRequests(later)]).toEqual([0, 1]);
});

test("an event that was emitted in a transaction comes once that is committed, once, and from another process", async () => {
  const event = await emit();
  const otherEvent = (await application.emit("order.paid", null, { account: "ann" })).id;
  await waitForEvent(otherEvent);
  expect(countRequests(event)).toBe(0);
  await client.query("commit");
  await waitForEvent(event);
  await crew.waitForCleanTables();
  expect(countRequests(event)).toBe(1);
});

test.each(["is killed", "closes"])(
  "an event comes whose transaction is committed only after the process that had its webhook %s",
  async (outcome) => {
    const event = await emit();
    const { rows } = await client.query(`select distinct holder from ${crew.schema}.lanes`);
    expect(rows.length).toBeGreaterThan(0);
    const holders = [...crew.processes];
    const next = await crew.join();
    await next.send({ do: "start" });
    for (const holder of holders) await (outcome === "closes" ? crew.close(holder) : crew.kill(holder));
    await waitFor("another has its webhooks", LEASE_MS + SLACK_MS, async () =>
      (await crew.getTableSummary()).processes === 1 ? true : undefined,
    );
    await crew.anyProcess.send({ do: "emit", count: 1, accounts: ["ann"], topics: ["order.sent"] });
    await crew.waitForEvents();
    await client.query("commit");
    await waitForEvent(event);
    await crew.waitForCleanTables();
    expect(countRequests(event)).toBe(1);
  },
  60_000,
);

test("what is committed for a webhook that was removed meanwhile is not counted as pending for ever", async () => {
  await client.query("commit");
  const webhook = await application.webhooks.create({
    url: crew.inbox.url,
    topics: ["gone.*"],
    account: "eve",
  });
  await client.query("begin");
  await application.emit("gone.now", null, { account: "eve", tx: client });
  await application.webhooks.delete(webhook.id);
  await client.query("commit");
  await application.prune();
  expect(await crew.getTableSummary()).toMatchObject({ owed: 0, miscounted: 0 });
});
