import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CapturingLogger,
  createEventBody,
  createSignedPost,
  deferred,
  SECRET,
  sendRequest,
} from "@heron-webhooks/conformance";
import {
  createReceiver,
  nodeRequest,
  type ReceiverOptions,
  writeResponse,
} from "@heron-webhooks/core/receiver";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { postgresDedupe } from "../src/index.ts";
import { TestDedupeSchema } from "./dedupe-schema.ts";
import { SilentServer } from "./silent-server.ts";

let schema: TestDedupeSchema;
const cleanups: (() => unknown)[] = [];
beforeEach(() => {
  schema = new TestDedupeSchema();
});
afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end();
  await schema.end();
});

/** A receiver with its own port and pool, as in another process. */
async function listen(options: ReceiverOptions): Promise<number> {
  const receiver = createReceiver({ secret: SECRET, logger: false, ...options });
  const server = createServer(async (asked, answered) =>
    writeResponse(answered, await receiver.receive(nodeRequest(asked))),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

const receiver = async (on: ReceiverOptions["on"]): Promise<number> => {
  const pool = new Pool({ connectionString: inject("postgres") });
  cleanups.push(() => pool.end());
  return listen({ on, dedupe: { store: schema.store({}, pool), ttl: "1h" } });
};

test("two receivers that share a store handle an event once", async () => {
  const handled: string[] = [];
  const [began, go] = [deferred(), deferred()];
  const handler = (name: string) => async (): Promise<void> => {
    handled.push(name);
    began.resolve();
    await go.promise;
  };
  const [receiverA, receiverB] = [
    await receiver({ "**": handler("one") }),
    await receiver({ "**": handler("other") }),
  ];
  const event = createSignedPost(createEventBody({ id: "evt_1" }));

  const first = sendRequest(receiverA, event);
  await began.promise;
  const during = await sendRequest(receiverB, event);
  expect([during.status, Number(during.headers["retry-after"])]).toEqual([409, expect.any(Number)]);
  go.resolve();
  expect((await first).status).toBe(200);
  expect([
    (await sendRequest(receiverB, event)).status,
    (await sendRequest(receiverA, event)).status,
  ]).toEqual([200, 200]);
  expect(handled).toEqual(["one"]);

  expect((await sendRequest(receiverB, createSignedPost(createEventBody({ id: "evt_2" })))).status).toBe(200);
  expect(handled).toEqual(["one", "other"]);
});

test("an event that one receiver failed to handle is handled by the other", async () => {
  const handled: string[] = [];
  const failing = await receiver({
    "**": () => {
      throw new Error("not today");
    },
  });
  const otherReceiver = await receiver({ "**": () => void handled.push("other") });
  const event = createSignedPost();
  expect((await sendRequest(failing, event)).status).toBe(500);
  expect((await sendRequest(otherReceiver, event)).status).toBe(200);
  expect((await sendRequest(failing, event)).status).toBe(200);
  expect(handled).toEqual(["other"]);
});

test("a receiver whose server does not respond answers in time and logs the cause", {
  timeout: 15_000,
}, async () => {
  const silent = await SilentServer.start();
  const pool = new Pool({ connectionString: silent.url });
  cleanups.push(
    () => pool.end(),
    () => silent.end(),
  );
  const logger = new CapturingLogger();
  const port = await listen({
    on: { "**": () => expect.unreachable("it was handled") },
    dedupe: { store: postgresDedupe(pool) },
    logger,
  });
  const replies = await Promise.all([
    sendRequest(port, createSignedPost()),
    sendRequest(port, createSignedPost()),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([503, 503]);
  const causes = logger.lines.map(({ details }) => (details["err"] as Error).message);
  expect(causes).toHaveLength(2);
  for (const cause of causes)
    expect(cause).toMatch(/[Tt]he dedupe store in PostgreSQL \(heron\).* within 2000 ms/);
});
