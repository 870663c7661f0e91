import { describe, expect, test } from "vitest";
import { webRequest } from "../../src/receiver/web-request.ts";
import { signedRequest } from "../../src/testing.ts";
import { createTestReceiver, EVENT, parseResponse, SECRET } from "../test-receiver.ts";
import { catchFailure, createIdleSignal } from "./messages.ts";

const url = "http://localhost/webhooks/heron";

interface Source {
  readonly request: Request;
  readonly push: (text: string) => void;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  readonly cancelled: () => boolean;
}

/** A request with a controlled body stream. */
function createStreamedRequest(): Source {
  let cancelled = false;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  const request = new Request(url, { method: "POST", body, duplex: "half" } as RequestInit);
  return {
    request,
    push: (text) => controller?.enqueue(Buffer.from(text)),
    end: () => controller?.close(),
    fail: (error) => controller?.error(error),
    cancelled: () => cancelled,
  };
}

test("the head is handed over as it is; there is no connection to close", () => {
  const request = new Request(url, { method: "PUT", headers: { "X-A": "1" } });
  expect(webRequest(request)).toMatchObject({
    method: "PUT",
    headers: request.headers,
    source: request,
    canCloseConnection: false,
  });
});

describe("read", () => {
  test("gives the bytes as they came, a byte order mark and bad UTF-8 too", async () => {
    const body = Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x00);
    const request = new Request(url, { method: "POST", body });
    expect(new Uint8Array(await webRequest(request).read(5, createIdleSignal()))).toEqual(body);
  });

  test("joins chunks", async () => {
    const { request, push, end } = createStreamedRequest();
    const reading = webRequest(request).read(100, createIdleSignal());
    for (const chunk of ["{", '"a"', ":1}"]) push(chunk);
    end();
    expect(Buffer.from(await reading).toString()).toBe('{"a":1}');
  });

  test("a request without a body has an empty one", async () => {
    expect(await webRequest(new Request(url, { method: "POST" })).read(100, createIdleSignal())).toHaveLength(
      0,
    );
  });

  test("goes up to the limit and no further", async () => {
    const { request, push, end } = createStreamedRequest();
    const reading = webRequest(request).read(10, createIdleSignal());
    push("12345");
    push("67890");
    end();
    expect(await reading).toHaveLength(10);

    const larger = createStreamedRequest();
    const failing = catchFailure(webRequest(larger.request).read(10, createIdleSignal()));
    larger.push("12345");
    larger.push("678901");
    expect((await failing).code).toBe("body_too_large");
    expect(larger.cancelled()).toBe(true);
  });

  test("stops when its time has ended, though no byte comes", async () => {
    const { request, push, cancelled } = createStreamedRequest();
    const controller = new AbortController();
    const reading = catchFailure(webRequest(request).read(100, controller.signal));
    push("{");
    controller.abort();
    expect((await reading).code).toBe("body_timeout");
    expect(cancelled()).toBe(true);
  });

  test("a sender that breaks off is body_aborted, with the reason", async () => {
    const { request, push, fail } = createStreamedRequest();
    const reading = catchFailure(webRequest(request).read(100, createIdleSignal()));
    push("{");
    fail(new Error("reset"));
    const { code, cause } = await reading;
    expect([code, cause]).toEqual(["body_aborted", new Error("reset")]);
  });

  test("a body that was read before is body_already_consumed, with the fix", async () => {
    const request = new Request(url, { method: "POST", body: "{}" });
    await request.text();
    const { code, message } = await catchFailure(webRequest(request).read(100, createIdleSignal()));
    expect(code).toBe("body_already_consumed");
    expect(message).toMatch(/before request\.json\(\) or request\.text\(\), or give it request\.clone\(\)/);
  });
});

describe("through a receiver", () => {
  const send = (request: Request): Promise<{ readonly status: number; readonly body: unknown }> =>
    createTestReceiver().receiver.receive(webRequest(request)).then(parseResponse);

  test("a signed request is handled", async () => {
    expect(await send(new Request(url, signedRequest(EVENT, SECRET)))).toEqual({
      status: 200,
      body: { ok: true },
    });
  });

  test("one signed with another secret is not", async () => {
    const request = new Request(url, signedRequest(EVENT, "sec_other"));
    expect(await send(request)).toEqual({ status: 401, body: { error: "unauthorized" } });
  });

  test("one that was read is a 500", async () => {
    const request = new Request(url, signedRequest(EVENT, SECRET));
    await request.json();
    expect(await send(request)).toEqual({
      status: 500,
      body: { error: "body_already_consumed", id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test("its body is not touched when the head is rejected", async () => {
    const request = new Request(url, { method: "POST", body: "{}" });
    expect((await send(request)).status).toBe(401);
    expect(request.bodyUsed).toBe(false);
  });
});

describe("receiver.fetch", () => {
  test("responds to a signed, a forged and an unsigned request", async () => {
    const topics: string[] = [];
    const { receiver } = createTestReceiver({ on: { "**": (event) => void topics.push(event.topic) } });
    const { body, headers } = signedRequest(EVENT, SECRET);
    const send = (init: RequestInit): Promise<Response> =>
      receiver.fetch(new Request(url, { method: "POST", ...init }));

    const handled = await send({ body, headers });
    expect([handled.status, await handled.json()]).toEqual([200, { ok: true }]);
    const forged = await send({ body: "{}", headers });
    expect([forged.status, await forged.json()]).toEqual([401, { error: "unauthorized" }]);
    expect((await send({ body })).status).toBe(401);
    const get = await receiver.fetch(new Request(url));
    expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
    expect(topics).toEqual([EVENT.topic]);
  });
});
