import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { completeOnResponse, type NodeResponse, writeResponse } from "../../src/receiver/node-response.ts";
import {
  createRecordingLogger,
  createTestReceiver,
  parseResponse,
  signedRequestFor,
  type TestReceiver,
} from "../test-receiver.ts";

class Response extends EventEmitter implements NodeResponse {
  statusCode = 200;
  writableFinished = false;
  destroyed = false;
  headersSent = false;
  readonly written: unknown[] = [];
  writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.written.push(status, headers);
  }
  end(body: string): void {
    this.written.push(body);
  }
  /** As Node's does it: `finish` if all was sent, and then `close`. */
  over(statusCode: number, sent: boolean): void {
    this.statusCode = statusCode;
    this.writableFinished = sent;
    this.destroyed = true;
    if (sent) this.emit("finish");
    this.emit("close");
  }
}

test("a response is written whole, its length counted in bytes", () => {
  const response = new Response();
  writeResponse(response, { status: 503, headers: { "retry-after": "1" }, body: '{"é":1}' });
  expect(response.written).toEqual([503, { "retry-after": "1", "content-length": "8" }, '{"é":1}']);
});

test("a response that something else has answered is left alone, and the log says so", () => {
  const { logger, lines } = createRecordingLogger();
  const response = new Response();
  Object.assign(response, { headersSent: true, statusCode: 503 });
  const reply = { status: 200, headers: {}, body: "{}" };
  writeResponse(response, reply, logger);
  writeResponse(response, reply, false);
  writeResponse(response, reply, {
    warn() {
      throw new Error("no");
    },
  });
  expect(response.written).toEqual([]);
  expect(lines).toMatchObject([{ level: "warn", details: { status: 503, unsent: 200 } }]);
});

describe("an event behind which a route answers", () => {
  async function afterRoute(status: number, sent: boolean): Promise<{ next: unknown; world: TestReceiver }> {
    const made = createTestReceiver();
    const accepted = await made.receiver.accept(signedRequestFor());
    if ("response" in accepted) throw new Error("refused");
    const response = new Response();
    expect(completeOnResponse(response, accepted)).toBe(true);
    response.over(status, sent);
    await made.clock.advance(0);
    return { next: parseResponse(await made.receiver.receive(signedRequestFor())).body, world: made };
  }
  const handled = { ok: true, duplicate: true };
  const again = { ok: true };

  test.each([
    [200, handled],
    [204, handled],
    [302, handled],
    [399, handled],
    [199, again],
    [400, again],
    [404, again],
    [500, again],
  ])("with %i", async (status, next) => {
    expect((await afterRoute(status, true)).next).toEqual(next);
  });

  test("but not in full can be retried, whatever the status", async () => {
    const { next, world: made } = await afterRoute(200, false);
    expect(next).toEqual(again);
    expect(made.lines.map(({ details }) => details["code"])).toEqual(["handler_failed"]);
  });

  test("with a failure is logged once, with the status that it answered", async () => {
    const { world: made } = await afterRoute(404, true);
    expect(made.lines).toHaveLength(1);
    expect(made.lines[0]?.message).toMatch(/The route behind the receiver responded with 404/);
  });

  test("well is not logged", async () => {
    expect((await afterRoute(200, true)).world.lines).toEqual([]);
  });

  test.each([
    ["finish alone, as serverless-express does", ["finish"], true],
    ["finish, then close without a word of finishing, as light-my-request does", ["finish", "close"], true],
    ["close alone", ["close"], false],
  ])("of a platform that emits %s", async (_, events, isHandled) => {
    for (const status of [200, 500]) {
      const { receiver, clock, lines } = createTestReceiver();
      const accepted = await receiver.accept(signedRequestFor());
      if ("response" in accepted) throw new Error("refused");
      const response = new Response();
      completeOnResponse(response, accepted);
      response.statusCode = status;
      for (const event of events) response.emit(event);
      await clock.advance(0);
      const next = parseResponse(await receiver.receive(signedRequestFor())).body;
      expect(next).toEqual(isHandled && status === 200 ? handled : again);
      expect(lines).toHaveLength(isHandled && status === 200 ? 0 : 1);
    }
  });

  test("is released at once if the response has already ended, whatever its status", async () => {
    const { receiver, clock, lines } = createTestReceiver();
    const accepted = await receiver.accept(signedRequestFor());
    if ("response" in accepted) throw new Error("refused");
    const response = new Response();
    response.writableFinished = true;
    expect(completeOnResponse(response, accepted)).toBe(false);
    await clock.advance(0);
    expect(lines[0]?.message).toContain("the response had ended");
    expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual(again);
  });

  test("is let go at once when the sender has left already", async () => {
    const { receiver, clock } = createTestReceiver();
    const accepted = await receiver.accept(signedRequestFor());
    if ("response" in accepted) throw new Error("refused");
    const response = new Response();
    response.destroyed = true;
    expect(completeOnResponse(response, accepted)).toBe(false);
    await clock.advance(0);
    expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual(again);
  });
});
