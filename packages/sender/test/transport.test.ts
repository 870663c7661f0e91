import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { describe, expect, onTestFinished, test } from "vitest";
import { type AttemptRequest, createHttpTransport, type Transport } from "../src/dispatch/http-transport.ts";
import { parseRanges } from "../src/egress/addresses.ts";
import { LookupPostponedError } from "../src/egress/lookup-error.ts";
import { Resolver, type ResolverOptions } from "../src/egress/resolver.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { NameServer, type Zone } from "./name-server.ts";
import { RecordingServer } from "./recording-server.ts";
import { useNameServer } from "./use-name-server.ts";
import { waitFor } from "./wait-for.ts";

const DEAD: Zone = { silent: ["A", "AAAA"] };
const HERE: Zone = { A: ["127.0.0.1"] };

interface Opened {
  readonly transport: Transport;
  readonly resolver: Resolver;
  readonly server: NameServer;
  readonly closing: AbortController;
}

async function openTransport(
  zones: Readonly<Record<string, Zone>>,
  options: ResolverOptions = {},
  timeoutMs = 20_000,
): Promise<Opened> {
  const server = await NameServer.open();
  for (const [name, zone] of Object.entries(zones)) server.zones.set(name, zone);
  const resolver = new Resolver({ servers: [server.address], ...options });
  const closing = new AbortController();
  const transport = createHttpTransport({
    allowed: parseRanges(["127.0.0.0/8"]),
    resolver,
    timeoutMs,
    connectMs: timeoutMs,
    maxResponseBytes: 100,
    maxConnectionsPerHost: 100,
    signal: closing.signal,
  });
  onTestFinished(async () => {
    closing.abort();
    await transport.close();
    await server[Symbol.asyncDispose]();
  });
  return { transport, resolver, server, closing };
}

function to(host: string, account = "acme"): AttemptRequest {
  return { account, origin: `http://${host}`, path: "/", headers: {}, body: Buffer.from("{}") };
}

describe("the look-up of an attempt", () => {
  test("is cancelled when the attempt runs out of time", async () => {
    const { transport, resolver } = await openTransport({ "dead.test": DEAD }, {}, 1000);
    expect(await transport.attempt(to("dead.test"))).toMatchObject({ code: "ETIMEDOUT" });
    expect(resolver.size).toMatchObject({ running: 0, waiting: 0 });
  });

  test("is cancelled when the sender closes", async () => {
    const { transport, resolver, closing } = await openTransport({ "dead.test": DEAD });
    const attempts = [1, 2, 3].map(() => transport.attempt(to("dead.test")));
    expect(resolver.size.running).toBe(1);
    closing.abort();
    for (const attempt of attempts) expect(await attempt).toBeInstanceOf(Error);
    expect(resolver.size.running).toBe(0);
  });

  test("is one for attempts of several accounts", async () => {
    await using sink = await RecordingServer.open();
    const { port } = new URL(sink.url);
    const { transport, server } = await openTransport({ "hook.test": { ...HERE, delayMs: 300, ttl: 0 } });
    const attempts = ["acme", "globex"].map((account) => transport.attempt(to(`hook.test:${port}`, account)));
    for (const attempt of attempts) expect(await attempt).toMatchObject({ status: 200 });
    expect(server.queries).toHaveLength(2);
  });

  test("counts for the account of its webhook, and delays no other account", async () => {
    await using sink = await RecordingServer.open();
    const { port } = new URL(sink.url);
    const limits = { quick: 100, slow: 50, perAccount: 1 };
    const { transport, resolver } = await openTransport(
      { "*.dead.test": DEAD, "hook.test": HERE },
      { limits },
    );
    for (const name of ["a", "b", "c"]) void transport.attempt(to(`${name}.dead.test`, "mallory"));
    expect(resolver.size).toMatchObject({ running: 1, waiting: 2 });
    expect(await transport.attempt(to(`hook.test:${port}`, "acme"))).toMatchObject({ status: 200 });
    expect(resolver.size).toMatchObject({ running: 1, waiting: 2 });
  });

  test("that is postponed differs from one that failed", async () => {
    const limits = { quick: 1, slow: 1, perAccount: 1 };
    const { transport } = await openTransport(
      { "dead.test": DEAD, "hook.test": HERE },
      { limits, maxWaitMs: 100 },
      2000,
    );
    const dead = transport.attempt(to("dead.test"));
    const answer = await transport.attempt(to("hook.test"));
    expect(answer).toBeInstanceOf(LookupPostponedError);
    expect(await dead).not.toBeInstanceOf(LookupPostponedError);
  });
});

test("a delivery whose look-up is postponed is retried, and no attempt counts", async () => {
  await using server = await NameServer.open();
  server.zones.set("*.dead.test", DEAD).set("hook.test", HERE);
  useNameServer(server);
  await using sink = await RecordingServer.open();
  const { port } = new URL(sink.url);
  const attempted: string[] = [];
  const { sender } = createStartedSender({
    timeout: "2s",
    retry: createRetryPolicy({ delays: [60_000], jitter: 0 }),
    hooks: {
      onAttempt: ({ outcome }, _, { url }) => void attempted.push(`${new URL(url).hostname} ${outcome}`),
    },
  });
  await using _ = sender;
  // As many as one account may look up at a time.
  for (let index = 0; index < 4; index++)
    await sender.webhooks.create({ url: `http://n${index}.dead.test/`, topics: ["dead.name"] });
  const { id } = await sender.webhooks.create({ url: `http://hook.test:${port}/`, topics: ["good.name"] });
  await sender.emit("dead.name", null);
  await waitFor(async () => server.activeQueries >= 8 || undefined);
  const testing = sender.webhooks.sendTest(id);
  await sender.emit("good.name", null);
  expect(await testing).toMatchObject({
    ok: false,
    responseStatus: null,
    reason: expect.stringContaining("Try again"),
  });
  const [delivery = ""] = await waitForState(sender, "delivered");
  expect((await sender.deliveries.get(delivery))?.attempts).toMatchObject([{ responseStatus: 200 }]);
  expect(attempted.filter((attempt) => attempt.startsWith("hook.test"))).toEqual(["hook.test delivered"]);
  expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true, failingSince: null });
}, 30_000);
