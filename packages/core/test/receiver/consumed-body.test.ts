import { describe, expect, test } from "vitest";
import { type NodeMessage, nodeRequest, rawBody } from "../../src/receiver/node-request.ts";
import { bytes } from "../test-receiver.ts";
import { catchFailure, createChunkedStream, createIdleSignal, createMessage } from "./messages.ts";

describe("a body that was read before", () => {
  async function drained(): Promise<NodeMessage> {
    const stream = createMessage(createChunkedStream("{}"));
    for await (const _ of stream);
    return stream;
  }

  test("is body_already_consumed, with the framework's hint", async () => {
    const { code, message: text } = await catchFailure(
      nodeRequest(await drained()).read(100, createIdleSignal()),
    );
    expect(code).toBe("body_already_consumed");
    expect(text).toMatch(/its bytes are gone\. Read the request in the receiver first: in Next.*Koa.*Nest/);
    const bodyConsumedHint = "Move it up.";
    expect(
      (await catchFailure(nodeRequest(await drained(), { bodyConsumedHint }).read(100, createIdleSignal())))
        .message,
    ).toMatch(/ Move it up\.$/);
  });

  test("is so whatever a parser left in `body`: an object, a list, null", async () => {
    for (const body of [{ topic: "a.b" }, [], null, undefined, 5, true]) {
      const stream = Object.assign(await drained(), { body });
      expect((await catchFailure(nodeRequest(stream).read(100, createIdleSignal()))).code).toBe(
        "body_already_consumed",
      );
    }
  });

  test("an object in `body` that nothing was read for is no matter", async () => {
    const stream = Object.assign(createMessage(createChunkedStream("{}")), { body: {} });
    expect(Buffer.from(await nodeRequest(stream).read(100, createIdleSignal())).toString()).toBe("{}");
  });

  test("is well where its bytes were kept: rawBody, or a body of bytes or text", async () => {
    for (const kept of [
      { rawBody: Buffer.from("é") },
      { rawBody: "é" },
      { body: Buffer.from("é") },
      { body: new Uint8Array(Buffer.from("é")) },
      { body: "é" },
      { rawBody: Buffer.from("é"), body: { parsed: true } },
      { rawBody: Buffer.from("é"), body: "something else" },
    ]) {
      const stream = Object.assign(await drained(), kept);
      expect(Buffer.from(await nodeRequest(stream).read(2, createIdleSignal())).toString()).toBe("é");
      expect((await catchFailure(nodeRequest(stream).read(1, createIdleSignal()))).code).toBe(
        "body_too_large",
      );
    }
  });

  test("an empty body that was kept is a body", async () => {
    const stream = Object.assign(await drained(), { body: "" });
    expect(await nodeRequest(stream).read(100, createIdleSignal())).toHaveLength(0);
  });

  test("rawBody, given to a parser, keeps them", async () => {
    const stream = await drained();
    rawBody(stream, {}, bytes("{}"));
    expect(await nodeRequest(stream).read(100, createIdleSignal())).toEqual(bytes("{}"));
  });
});

test("a stream with setEncoding is body_already_consumed, at once or in pieces, and does not end the process", async () => {
  const stream = createMessage(createChunkedStream('{"a":1}'));
  stream.setEncoding("utf8");
  expect((await catchFailure(nodeRequest(stream).read(100, createIdleSignal()))).message).toContain(
    "setEncoding",
  );
  const request = nodeRequest(stream);
  expect(request.readBuffered?.(100)).toBeUndefined();
});
