import { createSender, type Sender } from "@heron-webhooks/sender";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { postgresStore } from "../../src/index.ts";
import { Crew, LEASE, SLACK } from "./crew.ts";
import { until } from "./until.ts";

let crew: Crew;
/** The application: it emits, and delivers nothing itself. */
let application: Sender;
/** Its connection. */
let client: Client;

beforeAll(async () => {
  crew = await Crew.open(inject("postgres"), { count: 2 });
  application = createSender({
    store: postgresStore({ connectionString: inject("postgres"), schema: crew.schema }),
    egress: { allow: ["127.0.0.0/8"], http: true },
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
const times = (event: string): number =>
  crew.inbox.arrivals.filter((arrival) => arrival.event === event).length;
const arrived = (event: string): Promise<true> =>
  until("it has come", LEASE + SLACK, () => (crew.inbox.events.has(event) ? true : undefined));

test("an event that was emitted in a transaction that is rolled back is none", async () => {
  const never = await emit();
  await client.query("rollback");
  await client.query("begin");
  const later = await emit();
  await client.query("commit");
  await arrived(later);
  await crew.settled();
  expect([times(never), times(later)]).toEqual([0, 1]);
});

test("an event that was emitted in a transaction comes once that is committed, once, and from another process", async () => {
  const event = await emit();
  const other = (await application.emit("order.paid", null, { account: "ann" })).id;
  await arrived(other);
  expect(times(event)).toBe(0);
  await client.query("commit");
  await arrived(event);
  await crew.settled();
  expect(times(event)).toBe(1);
});

test.each(["is killed", "closes"])(
  "an event comes whose transaction is committed only after the process that had its webhook %s",
  async (how) => {
    const event = await emit();
    const { rows } = await client.query(`select distinct holder from ${crew.schema}.lanes`);
    expect(rows.length).toBeGreaterThan(0);
    const holders = [...crew.processes];
    const next = await crew.join();
    await next.ask({ do: "start" });
    for (const holder of holders) await (how === "closes" ? crew.close(holder) : crew.kill(holder));
    await until("another has its webhooks", LEASE + SLACK, async () =>
      (await crew.books()).workers === 1 ? true : undefined,
    );
    await crew.one.ask({ do: "emit", count: 1, accounts: ["ann"], topics: ["order.sent"] });
    await crew.arrived();
    await client.query("commit");
    await arrived(event);
    await crew.settled();
    expect(times(event)).toBe(1);
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
  await application.webhooks.remove(webhook.id);
  await client.query("commit");
  await application.prune();
  expect(await crew.books()).toMatchObject({ owed: 0, miscounted: 0 });
});
