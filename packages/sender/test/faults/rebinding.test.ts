import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { expect, onTestFinished, test } from "vitest";
import { createStartedSender, waitForState } from "../create-test-sender.ts";
import { NameServer } from "../name-server.ts";
import { useNameServer } from "../use-name-server.ts";
import { BadReceiver } from "./bad-receiver.ts";

/** It stands for a public address: the sender is allowed this one alone. */
const OUTER = "127.0.0.2";
const INNER = "127.0.0.1";

/** The name server gives these for `rebinds.test`, one look-up after the other, and the last for ever. */
async function rebinds(addresses: readonly string[]): Promise<NameServer> {
  const server = await NameServer.open();
  onTestFinished(() => server[Symbol.asyncDispose]());
  // Two queries a look-up: A and AAAA.
  server.zones.set("rebinds.test", (query) => {
    const lookup = Math.ceil(query / 2) - 1;
    return { A: [addresses[Math.min(lookup, addresses.length - 1)] ?? ""], ttl: 0 };
  });
  useNameServer(server);
  return server;
}

const egress = { allow: [`${OUTER}/32`], allowHttp: true };

test("a name that leads inside the second time is refused there, and its delivery is dead in the end", async () => {
  const { queries } = await rebinds([OUTER, INNER]);
  // It closes each connection, so that the next attempt asks for the address anew.
  await using outer = await BadReceiver.open(
    (socket) => socket.end("HTTP/1.1 500 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    OUTER,
  );
  await using inner = await BadReceiver.open(() => {}, INNER, outer.port);
  const { sender } = createStartedSender({ egress, retry: createRetryPolicy({ delays: [1, 1], jitter: 0 }) });
  await using _ = sender;
  await sender.webhooks.create({ url: `http://rebinds.test:${outer.port}/`, topics: ["**"] });
  await sender.emit("a.b", null);
  const [id = ""] = await waitForState(sender, "dead");
  const { attempts } = (await sender.deliveries.get(id)) ?? { attempts: [] };
  const refused = {
    responseStatus: null,
    reason: expect.stringContaining("rebinds.test has no address on the public internet"),
  };
  expect(attempts).toMatchObject([{ responseStatus: 500 }, refused, refused]);
  expect([outer.requests, inner.requests, queries.length]).toEqual([1, 0, 6]);
});

test("a name that leads inside for a while is tried again, and delivered once it leads outside", async () => {
  await rebinds([INNER, OUTER]);
  await using outer = await BadReceiver.open(
    (socket) => socket.end("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n"),
    OUTER,
  );
  await using inner = await BadReceiver.open(() => {}, INNER, outer.port);
  const { sender } = createStartedSender({ egress });
  await using _ = sender;
  await sender.webhooks.create({ url: `http://rebinds.test:${outer.port}/`, topics: ["**"] });
  await sender.emit("a.b", null);
  await waitForState(sender, "delivered");
  expect([outer.requests, inner.requests]).toEqual([1, 0]);
});
