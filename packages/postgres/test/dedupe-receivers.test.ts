import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CapturingLogger,
  deferred,
  eventBody,
  request,
  SECRET,
  signedPost,
} from "@heron-webhooks/conformance";
import { createReceiver, nodeRequest, type ReceiverOptions, writeReply } from "@heron-webhooks/core";
import { Pool } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { postgresDedupe } from "../src/index.ts";
import { DedupeSchema } from "./dedupe-schema.ts";
import { SilentServer } from "./silent-server.ts";

let schema: DedupeSchema;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  schema = new DedupeSchema();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await schema.end();
});

/** A receiver as a process of its own has it: on a port, with a pool. */
async function listen(options: ReceiverOptions): Promise<number> {
  const receiver = createReceiver({ secret: SECRET, logger: false, ...options });
  const server = createServer(async (asked, answered) =>
    writeReply(answered, await receiver.receive(nodeRequest(asked))),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

const receiver = async (on: ReceiverOptions["on"]): Promise<number> => {
  const pool = new Pool({ connectionString: inject("postgres") });
  ends.push(() => pool.end());
  return listen({ on, dedupe: { store: schema.store({}, pool), ttl: "1h" } });
};

test("two receivers that share it handle an event once", async () => {
  const handled: string[] = [];
  const [began, go] = [deferred(), deferred()];
  const handler = (name: string) => async (): Promise<void> => {
    handled.push(name);
    began.resolve();
    await go.promise;
  };
  const [one, other] = [await receiver({ "**": handler("one") }), await receiver({ "**": handler("other") })];
  const event = signedPost(eventBody({ id: "evt_1" }));

  const first = request(one, event);
  await began.promise;
  const during = await request(other, event);
  expect([during.status, Number(during.headers["retry-after"])]).toEqual([409, expect.any(Number)]);
  go.resolve();
  expect((await first).status).toBe(200);
  expect([(await request(other, event)).status, (await request(one, event)).status]).toEqual([200, 200]);
  expect(handled).toEqual(["one"]);

  expect((await request(other, signedPost(eventBody({ id: "evt_2" })))).status).toBe(200);
  expect(handled).toEqual(["one", "other"]);
});

test("what one of them could not handle the other can", async () => {
  const handled: string[] = [];
  const failing = await receiver({
    "**": () => {
      throw new Error("not today");
    },
  });
  const other = await receiver({ "**": () => void handled.push("other") });
  const event = signedPost();
  expect((await request(failing, event)).status).toBe(500);
  expect((await request(other, event)).status).toBe(200);
  expect((await request(failing, event)).status).toBe(200);
  expect(handled).toEqual(["other"]);
});

test("a receiver without its server answers in time, and its log says what is wrong", {
  timeout: 15_000,
}, async () => {
  const silent = await SilentServer.start();
  const pool = new Pool({ connectionString: silent.url });
  ends.push(
    () => pool.end(),
    () => silent.end(),
  );
  const logger = new CapturingLogger();
  const port = await listen({
    on: { "**": () => expect.unreachable("it was handled") },
    dedupe: { store: postgresDedupe(pool) },
    logger,
  });
  const replies = await Promise.all([request(port, signedPost()), request(port, signedPost())]);
  expect(replies.map(({ status }) => status)).toEqual([503, 503]);
  const causes = logger.lines.map(({ details }) => (details["err"] as Error).message);
  expect(causes).toHaveLength(2);
  for (const cause of causes)
    expect(cause).toMatch(/The dedupe store in PostgreSQL \(heron\) gave no .*within 2000 ms/);
});
