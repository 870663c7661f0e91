import { expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import {
  bytes,
  createTestReceiver,
  EVENT,
  parseResponse,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

test.each([
  ["an error", new Error("private")],
  ["text", "private"],
  ["nothing", undefined],
])("an adapter whose read throws %s gets a 500, without its text", async (_, thrown) => {
  const { receiver, lines } = createTestReceiver();
  const read = async (): Promise<never> => {
    throw thrown;
  };
  const response = await receiver.receive(signedRequestFor(undefined, { read }));
  expect(parseResponse(response)).toEqual({
    status: 500,
    body: { error: "handler_failed", id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
  expect(lines.map(({ message }) => message)).toEqual(["heron-webhooks: The receiver failed."]);
});

test("a read that throws at once, rather than rejecting, is a 500 as well", async () => {
  const read = (): never => {
    throw new HeronError("body_already_consumed", "x");
  };
  const { receiver } = createTestReceiver();
  expect(parseResponse(await receiver.receive(signedRequestFor(undefined, { read })))).toEqual({
    status: 500,
    body: { error: "body_already_consumed", id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  });
});

test("nothing of a request that is not verified is in the log", async () => {
  const { receiver, lines } = createTestReceiver();
  const body = '{"topic":"private.topic","id":"private"}';
  await receiver.receive(signedRequestFor({}, { body, secret: "sec_other", source: "private" }));
  await receiver.receive(signedRequestFor({}, { body, headers: { "heron-signature": "private" } }));
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain("private");
});

test("a body of any bytes that is signed is 400, not an error", async () => {
  for (const body of [
    new Uint8Array(),
    Uint8Array.of(0xff),
    bytes("null"),
    bytes("[]"),
    bytes("5"),
    bytes('"x"'),
  ])
    expect((await createTestReceiver().receiver.receive(signedRequestFor({}, { body }))).status).toBe(400);
});

test("a forged body nested 30,000 deep is 401, like any other", async () => {
  const body = "[".repeat(30_000) + "]".repeat(30_000);
  expect(
    (await createTestReceiver().receiver.receive(signedRequestFor({}, { body, secret: "sec_other" }))).status,
  ).toBe(401);
});

test("of a hundred concurrent requests with one event, one is handled and the others get 409", async () => {
  let calls = 0;
  const { receiver } = createTestReceiver({
    on: {
      "**": async () => {
        calls++;
        await new Promise((resolve) => setImmediate(resolve));
      },
    },
  });
  const responses = await Promise.all(
    Array.from({ length: 100 }, () => receiver.receive(signedRequestFor())),
  );
  expect(calls).toBe(1);
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(responses.filter(({ status }) => status === 409)).toHaveLength(99);
});

test("requests of different events do not wait for one another", async () => {
  const { receiver } = createTestReceiver({ on: { "slow.one": () => new Promise(() => {}) } });
  void receiver.receive(signedRequestFor({ topic: "slow.one" }));
  expect((await receiver.receive(signedRequestFor(EVENT, { secret: SECRET }))).status).toBe(200);
});
