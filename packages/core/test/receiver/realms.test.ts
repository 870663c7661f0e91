import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import { nodeRequest } from "../../src/receiver/node-request.ts";
import { sign } from "../../src/signature/sign.ts";
import { verify } from "../../src/signature/verify.ts";
import { createTestReceiver, EVENT, parseResponse, SECRET, signedRequestFor } from "../test-receiver.ts";
import { createChunkedStream, createMessage } from "./messages.ts";

const BODY = JSON.stringify(EVENT);

/** The same bytes, as an array of another realm: jest's jsdom environment runs tests in one of its own. */
function foreignBytes(text: string): Uint8Array {
  return runInNewContext("new Uint8Array(codes)", { codes: [...Buffer.from(text)] }) as Uint8Array;
}

test("another realm's bytes are no Uint8Array of this one", () => {
  expect(foreignBytes("x") instanceof Uint8Array).toBe(false);
});

describe("bytes of another realm", () => {
  const headers = { "heron-signature": sign(BODY, SECRET) };

  test.each(["rawBody", "body"])("that a parser left as %s are verified", async (name) => {
    const stream = Object.assign(createMessage(createChunkedStream(BODY), { headers }), {
      [name]: foreignBytes(BODY),
    });
    expect(parseResponse(await createTestReceiver().receiver.receive(nodeRequest(stream))).status).toBe(200);
  });

  test("that arrive in chunks are verified", async () => {
    const { Readable } = await import("node:stream");
    const chunks = [BODY.slice(0, 5), BODY.slice(5)].map(foreignBytes);
    const stream = createMessage(Readable.from(chunks, { objectMode: true }), { headers });
    expect(parseResponse(await createTestReceiver().receiver.receive(nodeRequest(stream))).status).toBe(200);
  });

  test("are bytes to verify()", () => {
    expect(verify(foreignBytes(BODY), sign(BODY, SECRET), SECRET).form).toBe("raw");
  });
});

describe("errors of another realm", () => {
  function foreignError(fields: object): unknown {
    return runInNewContext("Object.assign(new Error('of another realm'), fields)", { fields });
  }

  test("HeronError.is goes by name and code", () => {
    expect(HeronError.is(foreignError({ name: "HeronError", code: "closed" }), "closed")).toBe(true);
    expect(HeronError.is({ name: "HeronError", code: "closed" })).toBe(false);
  });

  test.each([
    ["HeronDiscard", 200],
    ["HeronRetry", 503],
    ["Error", 500],
  ])("a handler's %s gets %i", async (name, status) => {
    const { receiver } = createTestReceiver({
      on: {
        "**": () => {
          throw foreignError({ name });
        },
      },
    });
    expect((await receiver.receive(signedRequestFor())).status).toBe(status);
  });

  test("a promise of another realm that onError rejects with ends no process", async () => {
    const { receiver, clock, lines } = createTestReceiver({
      onError: () => runInNewContext("Promise.reject(new Error('no'))") as undefined,
    });
    await receiver.receive({ ...signedRequestFor(), headers: {} });
    await clock.advance(0);
    expect(lines.map(({ message: text }) => text)).toContain("heron-webhooks: onError threw");
  });
});
