import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { PostgresCluster } from "@heron-webhooks/conformance/postgres";
import type { Sender } from "@heron-webhooks/sender";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createTestSender, STATEMENT_TIMEOUT_MS } from "./in-process.ts";
import { SLACK_MS } from "./sender-cluster.ts";
import { SmallDisk } from "./small-disk.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import { TestReceiver } from "./test-receiver.ts";
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

/** A message of the PostgreSQL protocol. */
function encodeMessage(kind: string, content: string): Buffer {
  const message = Buffer.from(`${kind}0000${content}`, "latin1");
  message.writeUInt32BE(content.length + 4, 1);
  return message;
}

const SHUTDOWN_ERRORS = encodeMessage(
  "E",
  "SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0",
);

/** Emits until an event is accepted, and waits until it arrives. */
async function expectDelivery(sender: Sender): Promise<void> {
  const { id } = await waitFor("an event is accepted", SLACK_MS, () =>
    sender.emit("a.b", null).catch(() => undefined),
  );
  await waitFor("it has come", SLACK_MS, () => (inbox.events.has(id) ? true : undefined));
}

test("a stopped server is reported in time, and used again when it is started", async () => {
  const first = createTestSender({ connectionString: cluster.url });
  first.start();
  await first.webhooks.create({ url: inbox.url, topics: ["**"] });
  await expectDelivery(first);
  await cluster.stopServer("fast");
  const second = createTestSender({ connectionString: cluster.url });
  second.start();
  for (const sender of [first, second]) {
    const startedAt = performance.now();
    await expect(sender.emit("a.b", null)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringMatching(/ECONNREFUSED.*Check that the server runs/),
    });
    expect(performance.now() - startedAt).toBeLessThan(STATEMENT_TIMEOUT_MS + SLACK_MS);
  }
  await cluster.startServer();
  await expectDelivery(second);
  await expectDelivery(first);
  await first.close();
  await second.close();
});

test("a connection that the server ends at once fails only the statement that needed it", async () => {
  // Accepts the login and ends the connection at once.
  const ending = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () =>
      socket.end(Buffer.concat([encodeMessage("R", "\0\0\0\0"), encodeMessage("Z", "I"), SHUTDOWN_ERRORS])),
    );
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

test("a sender closes in time although its server does not respond and attempts are in flight", async () => {
  await using proxy = await TcpProxy.open(cluster.port);
  const url = new URL(cluster.url);
  url.port = String(proxy.port);
  const sender = createTestSender({ connectionString: url.href, schema: "hanging" });
  sender.start();
  await sender.webhooks.create({ url: inbox.url, topics: ["**"] });
  await expectDelivery(sender);
  let respond = (_: number): void => {};
  inbox.respond = () => new Promise((resolve) => (respond = resolve));
  await sender.emit("a.b", null);
  await waitFor("it is in flight", SLACK_MS, () => (inbox.requests.length === 2 ? true : undefined));
  proxy.block();
  const startedAt = performance.now();
  const closing = sender.close({ timeout: 100 });
  respond(200);
  await closing;
  // Only distinguishes a close that returns from one that hangs: the proxy blocks until the test ends.
  expect(performance.now() - startedAt).toBeLessThan(STATEMENT_TIMEOUT_MS + SLACK_MS);
});

test("on a full disk events are rejected, and with free space the sender continues with all accepted events", async (context) => {
  using disk = new SmallDisk();
  if (!disk.isMounted) return context.skip("mounting is not permitted");
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
  await waitFor("all has come", SLACK_MS, () =>
    accepted.every((id) => inbox.events.has(id)) ? true : undefined,
  );
  expect([...inbox.events].sort()).toEqual([...accepted].sort());
  expect(Math.max(...inbox.accepted.values())).toBe(1);
  await sender.close();
  await admin.query("drop schema small cascade");
  await admin.query("drop tablespace small");
  await admin.end();
});
