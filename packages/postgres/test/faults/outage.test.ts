import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import type { Sender } from "@heron-webhooks/sender";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { SLACK_MS } from "./sender-cluster.ts";
import { createTestSender, STATEMENT_TIMEOUT_MS } from "./in-process.ts";
import { TestReceiver } from "./test-receiver.ts";
import { SmallDisk } from "./small-disk.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { waitFor } from "./wait-for.ts";

vi.setConfig({ testTimeout: 60_000 });

let cluster: PostgresCluster;
let inbox: TestReceiver;

beforeAll(async () => {
  cluster = await PostgresCluster.start();
}, 60_000);

afterAll(() => cluster.end());

beforeEach(async () => {
  inbox = await TestReceiver.open();
});

afterEach(() => inbox[Symbol.asyncDispose]());

/** A message of PostgreSQL's. */
function said(kind: string, content: string): Buffer {
  const message = Buffer.from(`${kind}0000${content}`, "latin1");
  message.writeUInt32BE(content.length + 4, 1);
  return message;
}

const SHUTDOWN_ERRORS = said("E", "SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0");

/** Emits until one is accepted, and waits until that has come. */
async function expectDelivery(sender: Sender): Promise<void> {
  const { id } = await waitFor("an event is accepted", SLACK_MS, () =>
    sender.emit("a.b", null).catch(() => undefined),
  );
  await waitFor("it has come", SLACK_MS, () => (inbox.events.has(id) ? true : undefined));
}

test("a server that is not there, at first or later, is told of in time, and found when it is there again", async () => {
  const first = createTestSender({ connectionString: cluster.url });
  first.start();
  await first.webhooks.create({ url: inbox.url, topics: ["**"] });
  await expectDelivery(first);
  await cluster.stopServer("fast");
  const second = createTestSender({ connectionString: cluster.url });
  second.start();
  for (const sender of [first, second]) {
    const began = performance.now();
    await expect(sender.emit("a.b", null)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringMatching(/ECONNREFUSED.*is the server started/),
    });
    expect(performance.now() - began).toBeLessThan(STATEMENT_TIMEOUT_MS + SLACK_MS);
  }
  await cluster.startServer();
  await expectDelivery(second);
  await expectDelivery(first);
  await first.close();
  await second.close();
});

test("a connection that the server ends the moment it is there ends nothing but what asked for it", async () => {
  // It lets everybody in, and says in the same breath that it is being shut down.
  const ending = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(Buffer.concat([said("R", "\0\0\0\0"), said("Z", "I"), SHUTDOWN_ERRORS])));
  }).listen(0, "127.0.0.1");
  await once(ending, "listening");
  const { port } = ending.address() as AddressInfo;
  const sender = createTestSender({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
  sender.start();
  for (let n = 0; n < 3; n++)
    await expect(sender.emit("a.b", null)).rejects.toMatchObject({ code: "store_unavailable" });
  await sender.close();
  ending.close();
});

test("a sender closes in time although its server does not answer, with what it has under way", async () => {
  await using proxy = await TcpProxy.open(cluster.port);
  const url = new URL(cluster.url);
  url.port = String(proxy.port);
  const sender = createTestSender({ connectionString: url.href, schema: "hanging" });
  sender.start();
  await sender.webhooks.create({ url: inbox.url, topics: ["**"] });
  await expectDelivery(sender);
  let answer = (_: number): void => {};
  inbox.respond = () => new Promise((resolve) => (answer = resolve));
  await sender.emit("a.b", null);
  await waitFor("it is under way", SLACK_MS, () => (inbox.requests.length === 2 ? true : undefined));
  proxy.block();
  const began = performance.now();
  const closing = sender.close({ timeout: 100 });
  answer(200);
  await closing;
  // Only tells a close that returns from one that hangs: the proxy stays silent until the test ends.
  expect(performance.now() - began).toBeLessThan(STATEMENT_TIMEOUT_MS + SLACK_MS);
});

test("on a full disk events are refused, and with room it goes on by itself, with all that was accepted", async (context) => {
  using disk = new SmallDisk();
  if (!disk.isMounted) return context.skip("nothing may be mounted here");
  const admin = new Pool({ connectionString: cluster.url, max: 1 });
  await admin.query(`create tablespace small location '${disk.path}'`);
  await admin.query("create role small login superuser");
  await admin.query("alter role small set default_tablespace = small");
  const url = new URL(cluster.url);
  url.username = "small";
  const sender = createTestSender({ connectionString: url.href, schema: "small" });
  sender.start();
  await sender.webhooks.create({ url: inbox.url, topics: ["**"] });
  const accepted: string[] = [];
  const emit = async (): Promise<void> => {
    accepted.push((await sender.emit("a.b", { text: "x".repeat(8000) })).id);
  };
  await emit();
  disk.fill();
  await expect(
    (async () => {
      for (let n = 0; n < 1000; n++) await emit();
    })(),
  ).rejects.toMatchObject({ code: "store_full", message: expect.stringMatching(/disk is full/) });
  disk.freeSpace();
  for (let n = 0; n < 10; n++) await emit();
  await waitFor("all has come", SLACK_MS, () => (accepted.every((id) => inbox.events.has(id)) ? true : undefined));
  expect([...inbox.events].sort()).toEqual([...accepted].sort());
  expect(Math.max(...inbox.accepted.values())).toBe(1);
  await sender.close();
  await admin.query("drop schema small cascade");
  await admin.query("drop tablespace small");
  await admin.end();
});
