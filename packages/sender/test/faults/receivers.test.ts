import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { expect, test } from "vitest";
import type { DeliveryRecord, Sender } from "../../src/index.ts";
import { createStartedSender, waitForState } from "../create-test-sender.ts";
import { RecordingServer } from "../recording-server.ts";
import { BadReceiver, type Behaviour, sendForever, sendSlowly } from "./bad-receiver.ts";

const EVENTS = 4;
const ATTEMPTS = 2;
/** What is kept of an answer. */
const KEPT = 4096;
/** A generous bound for what the kernel buffers of an unread response; without a limit it would be gigabytes. */
const BUFFERED = 32 * 1024 * 1024;
const DOT = ".".repeat(16 * 1024);

const answer = (status: number, headers = ""): string => `HTTP/1.1 ${status} x\r\n${headers}\r\n`;

/** Two attempts each; nothing is given up for the failures of another delivery. */
function patient(timeout: number): Sender {
  return createStartedSender({ timeout, retry: createRetryPolicy({ delays: [1], jitter: 0 }) }).sender;
}

interface Case {
  readonly what: string;
  readonly behave: Behaviour;
  /** Why its deliveries are dead in the end. */
  readonly reason: RegExp;
  /** How much of the answer was kept; null if there was no status to go with it, anything if time says how much. */
  readonly kept: number | null | "anything";
  /** How long an attempt may take; long, unless it is just this that ends it. */
  readonly timeout?: number;
}

const CASES: readonly Case[] = [
  { what: "hangs", behave: () => {}, reason: /no response within 1.5 s/, kept: null, timeout: 1500 },
  {
    what: "resets the connection",
    behave: (socket) => socket.resetAndDestroy(),
    reason: /ECONNRESET/,
    kept: null,
  },
  {
    what: "closes without a word",
    behave: (socket) => socket.end(),
    reason: /other side closed/,
    kept: null,
  },
  {
    what: "sends garbage",
    behave: (socket) => socket.end("\0\x01\xff{]<html>\r\n\r\n"),
    reason: /HPE_INVALID|Expected HTTP/,
    kept: null,
  },
  {
    what: "closes in the middle of the headers",
    behave: (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-le"),
    reason: /other side closed|HPE_/,
    kept: null,
  },
  {
    what: "closes in the middle of the body",
    behave: (socket) => socket.end(`${answer(500, "content-length: 1000\r\n")}${"b".repeat(10)}`),
    reason: /answered 500/,
    kept: 10,
  },
  {
    what: "never ends its headers",
    behave: sendForever("HTTP/1.1 200 OK\r\n", `x-more: ${"h".repeat(1000)}\r\n`),
    reason: /overflow/i,
    kept: null,
  },
  {
    what: "says for ever that it will answer soon",
    behave: sendForever("", answer(103, "link: </x>\r\n")),
    reason: /too many informational responses/,
    kept: null,
  },
  {
    what: "never ends its body",
    behave: sendForever(answer(500), DOT),
    reason: /answered 500/,
    kept: KEPT,
  },
  {
    what: "never ends its body, in chunks",
    behave: sendForever(answer(500, "transfer-encoding: chunked\r\n"), `4000\r\n${DOT}\r\n`),
    reason: /answered 500/,
    kept: KEPT,
  },
  {
    what: "drips its body",
    behave: sendSlowly(answer(500)),
    reason: /answered 500/,
    kept: "anything",
    timeout: 1500,
  },
  {
    what: "drips its headers",
    behave: sendSlowly("HTTP/1.1 200 "),
    reason: /no response within 1.5 s/,
    kept: null,
    timeout: 1500,
  },
  {
    what: "says nothing of use in a great many headers",
    behave: (socket) => socket.end(answer(500, "x: y\r\n".repeat(20_000))),
    reason: /overflow/i,
    kept: null,
  },
];

test.each(CASES)(
  "a receiver that $what: retried, then dead, without delaying others",
  async ({ behave, reason, kept, timeout = 20_000 }) => {
    await using bad = await BadReceiver.open(behave);
    await using good = await RecordingServer.open();
    await using sender = patient(timeout);
    const webhook = await sender.webhooks.create({ url: bad.url, topics: ["**"] });
    await sender.webhooks.create({ url: good.url, topics: ["**"] });
    for (let n = 0; n < EVENTS; n++) await sender.emit("a.b", { n });
    await good.received(EVENTS);
    const dead = await waitForState(sender, "dead", EVENTS);
    expect(dead).toHaveLength(EVENTS);
    for (const id of dead) {
      const { delivery, attempts } = await sender.deliveries.get(id);
      expect(delivery).toMatchObject({ webhook: webhook.id, attemptCount: ATTEMPTS });
      expect(delivery.reason).toMatch(reason);
      const lengths = attempts.map(({ responseBody: text }) => text?.length ?? null);
      expect(lengths).toEqual(Array(ATTEMPTS).fill(kept === "anything" ? expect.any(Number) : kept));
    }
    expect(good.requests).toHaveLength(EVENTS);
  },
);

test("of an answer without end no more is read than is kept, and its connection is closed", async () => {
  await using bad = await BadReceiver.open(sendForever(answer(500), DOT));
  await using sender = patient(60_000);
  await sender.webhooks.create({ url: bad.url, topics: ["**"] });
  await sender.emit("a.b", null);
  // The time limit is far away: it is the size that ends this.
  const [id = ""] = await waitForState(sender, "dead");
  await bad.disconnected();
  expect(bad.sent).toHaveLength(ATTEMPTS);
  for (const bytes of bad.sent) expect(bytes).toBeLessThan(BUFFERED);
  const { attempts } = (await sender.deliveries.get(id)) ?? { attempts: [] };
  expect(attempts.map((made) => made.responseBody)).toEqual(["1", "2"].map(() => DOT.slice(0, KEPT)));
});

test("while one hangs, another gets all of its deliveries", async () => {
  await using bad = await BadReceiver.open(() => {});
  await using good = await RecordingServer.open();
  await using sender = patient(60_000);
  const hangs = await sender.webhooks.create({ url: bad.url, topics: ["**"] });
  await sender.webhooks.create({ url: good.url, topics: ["**"] });
  for (let n = 0; n < 200; n++) await sender.emit("a.b", { n });
  await waitForState(sender, "delivered", 200);
  // The others wait, and no more are in flight than the webhook's concurrency.
  const { data } = await sender.deliveries.list({ state: "pending", webhook: hangs.id }, { limit: 1000 });
  expect([good.requests.length, data.length, bad.requests]).toEqual([200, 200, 10]);
  await sender.close({ timeout: 10 });
});

test("a success counts although the body after it breaks off", async () => {
  await using bad = await BadReceiver.open((socket) =>
    socket.end(`${answer(200, "content-length: 1000\r\n")}half`),
  );
  await using sender = patient(20_000);
  await sender.webhooks.create({ url: bad.url, topics: ["**"] });
  await sender.emit("a.b", null);
  await waitForState(sender, "delivered");
  expect(bad.requests).toBe(1);
});

test("an unsolicited response is not taken for that of the next delivery", async () => {
  const ok = answer(200, "content-length: 0\r\n");
  // Two answers to the first request. To every other, a failure.
  await using bad = await BadReceiver.open((socket, { requests }) =>
    socket.write(requests === 1 ? ok + ok : answer(500, "content-length: 0\r\n")),
  );
  await using sender = patient(20_000);
  await sender.webhooks.create({ url: bad.url, topics: ["**"], concurrency: 1 });
  await sender.emit("a.b", 1);
  await sender.emit("a.b", 2);
  const [id = ""] = await waitForState(sender, "dead");
  const made: DeliveryRecord | undefined = (await sender.deliveries.get(id))?.delivery;
  expect(made).toMatchObject({ responseStatus: 500, attemptCount: ATTEMPTS });
  expect(bad.requests).toBe(1 + ATTEMPTS);
});

test.each([301, 302, 303, 307, 308])(
  "%i to an address inside is not followed, not even by a host that may be reached",
  async (status) => {
    await using inner = await RecordingServer.open();
    await using bad = await BadReceiver.open((socket) =>
      socket.end(answer(status, `location: ${inner.url}/admin\r\ncontent-length: 0\r\n`)),
    );
    await using sender = patient(20_000);
    await sender.webhooks.create({ url: bad.url, topics: ["**"] });
    await sender.emit("a.b", null);
    const [id = ""] = await waitForState(sender, "dead");
    const { reason } = (await sender.deliveries.get(id))?.delivery ?? {};
    expect(reason).toContain(`answered ${status}, redirects are not followed`);
    expect([bad.requests, inner.requests.length]).toEqual([ATTEMPTS, 0]);
  },
);

test("a receiver that takes connections and never says a word of TLS does not keep the sender from closing", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  // Long, since it is close that must not wait for it.
  const { sender } = createStartedSender({ timeout: "60s" });
  const { port } = silent.address() as AddressInfo;
  await sender.webhooks.create({ url: `https://127.0.0.1:${port}/`, topics: ["**"] });
  await Promise.all(Array.from({ length: 20 }, (_, n) => sender.emit("a.b", n)));
  await once(silent, "connection");
  await sender.close({ timeout: 10 });
  silent.close();
  // Shorter than the time limit of an attempt.
}, 30_000);
