import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { type NodeMessage, nodeRequest } from "../../src/receiver/node-request.ts";
import { sign } from "../../src/signature/sign.ts";
import { createTestReceiver, EVENT, parseResponse, SECRET } from "../test-receiver.ts";
import { catchFailure, createChunkedStream, createIdleSignal, createMessage } from "./messages.ts";

test("the head is handed over as it is", () => {
  const headers = { "x-a": "1", "x-b": ["2", "3"] };
  const source = { framework: true };
  const stream = createMessage(createChunkedStream("x"), { method: "PUT", headers });
  expect(nodeRequest(stream, { source })).toMatchObject({
    method: "PUT",
    headers,
    source,
    canCloseConnection: true,
  });
  expect(nodeRequest(stream).source).toBe(stream);
});

test("a message without a method has an empty one", () => {
  const { method, ...rest } = createMessage(createChunkedStream("x"));
  expect(nodeRequest({ ...rest, method: undefined } as NodeMessage).method).toBe("");
  expect(method).toBe("POST");
});

test("only HTTP/1 knows Connection: close", () => {
  expect(
    nodeRequest(createMessage(createChunkedStream("x"), { httpVersionMajor: 2 })).canCloseConnection,
  ).toBe(false);
});

describe("read", () => {
  test.each([
    ["one chunk", ["{}"], "{}"],
    ["several, cut within a character", ["caf\u00c3", "\u00a9"], "café"],
    ["none", [], ""],
  ])("gives the bytes of %s", async (_, chunks, text) => {
    const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk, "latin1")));
    const body = await nodeRequest(createMessage(stream)).read(100, createIdleSignal());
    expect(Buffer.from(body).toString("utf8")).toBe(text);
  });

  test("goes up to the limit and no further", async () => {
    expect(
      await nodeRequest(createMessage(createChunkedStream("12345", "67890"))).read(10, createIdleSignal()),
    ).toHaveLength(10);
    const stream = createMessage(createChunkedStream("12345", "67890", "1"));
    const { code, message: text } = await catchFailure(nodeRequest(stream).read(10, createIdleSignal()));
    expect([code, text]).toEqual(["body_too_large", "The body is over the limit of 10 bytes (bodyLimit)."]);
    expect(stream.isPaused()).toBe(true);
  });

  test("does not wait for the rest of what is too large", async () => {
    const stream = createMessage(new PassThrough());
    const reading = catchFailure(nodeRequest(stream).read(4, createIdleSignal()));
    stream.write("12345");
    expect((await reading).code).toBe("body_too_large");
  });

  test("stops when its time has ended", async () => {
    const stream = createMessage(new PassThrough());
    const controller = new AbortController();
    const reading = catchFailure(nodeRequest(stream).read(100, controller.signal));
    stream.write("{");
    controller.abort();
    expect((await reading).code).toBe("body_timeout");
    expect(stream.isPaused()).toBe(true);
  });

  test("a sender that breaks off is body_aborted, by an error or without", async () => {
    for (const error of [new Error("ECONNRESET"), undefined]) {
      const stream = createMessage(new PassThrough());
      const reading = catchFailure(nodeRequest(stream).read(100, createIdleSignal()));
      stream.write("{");
      stream.destroy(error);
      expect((await reading).code).toBe("body_aborted");
    }
  });

  test("one that broke off before is body_aborted too", async () => {
    const stream = createMessage(new PassThrough());
    stream.destroy();
    await new Promise((resolve) => stream.once("close", resolve));
    expect((await catchFailure(nodeRequest(stream).read(100, createIdleSignal()))).code).toBe("body_aborted");
  });

  test("a stream that fails after it was given up on ends no process", async () => {
    const stream = createMessage(new PassThrough());
    const reading = catchFailure(nodeRequest(stream).read(2, createIdleSignal()));
    stream.write("123");
    await reading;
    stream.destroy(new Error("late"));
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.listenerCount("error")).toBe(1);
  });

  test("leaves no listener behind, but the one for late errors", async () => {
    const stream = createMessage(createChunkedStream("{}"));
    const counts = (): number[] => ["data", "end", "close"].map((name) => stream.listenerCount(name));
    const before = counts();
    await nodeRequest(stream).read(100, createIdleSignal());
    expect(counts()).toEqual(before);
    expect(stream.listenerCount("error")).toBe(1);
  });
});

describe("through a receiver", () => {
  const body = JSON.stringify(EVENT);
  const headers = { "heron-signature": sign(body, SECRET) };

  test("an event in many chunks is handled", async () => {
    const stream = createMessage(Readable.from(body.split("").map((char) => Buffer.from(char))), { headers });
    expect(parseResponse(await createTestReceiver().receiver.receive(nodeRequest(stream)))).toEqual({
      status: 200,
      body: { ok: true },
    });
  });

  test("a body already consumed is a 500 that names the fix in the log alone", async () => {
    const stream = createMessage(createChunkedStream(body), { headers });
    for await (const _ of stream);
    const { receiver, lines } = createTestReceiver();
    const response = await receiver.receive(nodeRequest(stream, { bodyConsumedHint: "Move it up." }));
    expect(parseResponse(response)).toEqual({
      status: 500,
      body: { error: "body_already_consumed", id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(lines[0]?.message).toMatch(/Move it up\.$/);
  });

  test("a body that never ends is given up after 5 s with 408", async () => {
    const stream = createMessage(new PassThrough(), { headers });
    const { receiver, clock } = createTestReceiver();
    const receiving = receiver.receive(nodeRequest(stream));
    stream.write("{");
    await clock.advance(5000);
    const response = await receiving;
    expect(parseResponse(response)).toEqual({ status: 408, body: { error: "body_timeout" } });
    expect(response.headers["connection"]).toBe("close");
  });

  test("a body is not touched when the head is rejected", async () => {
    const stream = createMessage(createChunkedStream(body), { method: "PUT", headers });
    expect((await createTestReceiver().receiver.receive(nodeRequest(stream))).status).toBe(405);
    expect(stream.readableDidRead).toBe(false);
    expect(stream.readableFlowing).toBe(null);
  });

  test("more than bodyLimit without a Content-Length is 413", async () => {
    const stream = createMessage(createChunkedStream(body), { headers });
    const response = await createTestReceiver({ bodyLimit: body.length - 1 }).receiver.receive(
      nodeRequest(stream),
    );
    expect([response.status, response.headers["connection"]]).toEqual([413, "close"]);
  });
});
