import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { parseSingleResult } from "./results.ts";
import type { Given } from "./runner/inputs.ts";
import type { Answer, Script } from "./runner/servers/receiver.ts";
import { runPostStep } from "./step.ts";
import { Wire } from "./wire.ts";

const twice = { retries: 1, "max-retry-delay": "10ms" };
/** Where attempts are to run out of time: many times what a request takes to arrive on a machine that is busy. */
const brief = { timeout: "3s" };
/** Where they are not. */
const ample = { timeout: "1m" };

describe.concurrent("an attempt without an answer is retried:", () => {
  /** Answers the first request when the second has come, which then has no answer. */
  function late(): Script {
    let again: () => void = () => {};
    const second = new Promise<void>((resolve) => {
      again = resolve;
    });
    return async (_, index) => {
      if (index > 0) {
        again();
        return { hang: true };
      }
      await second;
      return { status: 200 };
    };
  }

  test.each<[string, () => Script, Given, RegExp]>([
    [
      "one that hangs, until its time is up",
      () => [{ hang: true }],
      brief,
      /^ETIMEDOUT: no response within 3 s$/,
    ],
    ["a connection that is reset", () => [{ reset: true }], ample, /^ECONNRESET: |ECONNRESET$/],
    ["an answer later than the timeout", late, brief, /^ETIMEDOUT: no response within 3 s$/],
  ])("%s", async (_, answers, given, reason) => {
    const { step, requests } = await runPostStep({ ...twice, ...given }, { answers: answers() });
    expect(requests).toHaveLength(2);
    expect(step).toMatchObject({ exitCode: 1, outputs: { ok: "false", attempts: "2", failed: "1" } });
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "failed",
      responseStatus: null,
      attemptCount: 2,
    });
    expect(parseSingleResult(step).reason).toMatch(reason);
    expect(step.annotations).toHaveLength(1);
  });

  test("and is forgotten when the next one is delivered", async () => {
    const answers = [{ hang: true }, { reset: true }, { status: 200 }];
    const { step } = await runPostStep({ ...brief, "max-retry-delay": "10ms" }, { answers });
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "3" } });
  });

  test.each<[string, string, RegExp]>([
    ["a port without a listener", "http://127.0.0.1:1/", /^connect ECONNREFUSED 127\.0\.0\.1:1$/],
    [
      "a host that is not known",
      "https://unknown.invalid/",
      /^getaddrinfo (?:ENOTFOUND|EAI_AGAIN) unknown\.invalid$/,
    ],
  ])("%s", async (_, url, reason) => {
    const { step } = await runPostStep({ ...twice, url });
    expect(parseSingleResult(step)).toMatchObject({
      responseStatus: null,
      attemptCount: 2,
      target: new URL(url).host,
    });
    expect(parseSingleResult(step).reason).toMatch(reason);
  });

  test.each<[string, string, RegExp]>([
    ["closed before it", "", /^ECONNRESET: socket hang up$/],
    ["closed in its head", "HTTP/1.1 200 OK\r\nContent-Le", /^ECONNRESET: |^HPE_/],
    ["no HTTP", "SSH-2.0-OpenSSH_9.9\r\n", /^HPE_INVALID_CONSTANT: /],
    ["a head without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}`, /^HPE_HEADER_OVERFLOW: /],
  ])("%s", async (_, bytes, reason) => {
    const { result, connections } = await wired((socket) => socket.end(bytes), twice);
    expect(connections).toBe(2);
    expect(result).toMatchObject({ outcome: "failed", responseStatus: null, attemptCount: 2 });
    expect(result.reason).toMatch(reason);
  });
});

describe.concurrent("an answer counts by its status", () => {
  test.each<[string, Answer, Given]>([
    ["never ends", { status: 200, hang: "body" }, brief],
    ["is reset", { status: 200, reset: "body" }, ample],
    ["is of 8 MiB", { status: 200, body: Buffer.alloc(8 * 1024 * 1024, "x") }, ample],
    ["is binary", { status: 200, body: Buffer.from([0, 255, 254, 10, 13]) }, ample],
  ])("though its body %s", async (_, answer, given) => {
    const { step, requests } = await runPostStep({ ...twice, ...given }, { answers: [answer] });
    expect(requests).toHaveLength(1);
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", attempts: "1" } });
  });

  test.each<[string, Answer, Given]>([
    ["never ends", { status: 503, hang: "body" }, brief],
    ["is reset", { status: 503, reset: "body" }, ample],
    ["is of 8 MiB", { status: 503, body: Buffer.alloc(8 * 1024 * 1024, "x") }, ample],
  ])("of 503 though its body %s", async (_, answer, given) => {
    const { step, requests } = await runPostStep({ ...twice, ...given }, { answers: [answer] });
    expect(requests).toHaveLength(2);
    expect(parseSingleResult(step)).toMatchObject({
      outcome: "failed",
      responseStatus: 503,
      attemptCount: 2,
    });
    expect(parseSingleResult(step).reason?.length).toBeLessThan(300);
  });

  test.each<[string, string, number]>([
    ["that comes after others of 100 and 103", interim("HTTP/1.1 204 No Content\r\n\r\n"), 204],
    ["closed in its body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 200],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nok", 200],
    ["in chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200],
  ])("%s", async (_, bytes, status) => {
    const { result } = await wired((socket) => socket.end(bytes), twice);
    expect(result).toMatchObject({ outcome: "delivered", responseStatus: status, attemptCount: 1 });
  });

  test("whose body trickles, which takes no longer than the timeout", async () => {
    const { result } = await wired((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    }, brief);
    expect(result).toMatchObject({ outcome: "delivered", responseStatus: 200, attemptCount: 1 });
    // Distinguishes the timeout of 3 s from the end of the body, which would come after half an hour.
    expect(result.durationMs).toBeLessThan(20_000);
  });

  test("whose body is endless, of which the beginning is read", async () => {
    const { result } = await wired(
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        const more = (): boolean => !socket.destroyed && socket.write("x".repeat(10_000));
        socket.on("drain", more);
        more();
        more();
      },
      { timeout: "10m" },
    );
    expect(result).toMatchObject({ outcome: "delivered", responseStatus: 200, attemptCount: 1 });
  });

  test.each(["Connection: upgrade\r\nUpgrade: websocket\r\n", ""])(
    "that changes the protocol is none (%j)",
    async (headers) => {
      const head = `HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`;
      const { result } = await wired((socket) => socket.write(head), ample);
      expect(result).toMatchObject({
        outcome: "failed",
        responseStatus: 101,
        attemptCount: 1,
        reason: "answered 101",
      });
    },
  );

  test("that comes before the whole of a large body was sent", async () => {
    const refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    const { result } = await wired((socket) => socket.end(refusal), {
      data: JSON.stringify("x".repeat(100_000)),
    });
    expect(result).toMatchObject({ responseStatus: 413, attemptCount: 1 });
  });
});

function interim(last: string): string {
  return `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${last}`;
}

/** A step whose webhook answers with its own bytes. */
async function wired(
  answer: (socket: Socket) => void,
  given: Readonly<Record<string, string | number>> = {},
): Promise<{ readonly result: ReturnType<typeof parseSingleResult>; readonly connections: number }> {
  let connections = 0;
  await using wire = await Wire.open((socket) => {
    connections++;
    answer(socket);
  });
  const { step } = await runPostStep({ url: wire.url, ...given });
  expect(step.rawOutput).not.toMatch(/warning: |unsettled/i);
  return { result: parseSingleResult(step), connections };
}
