import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { MOUNTS, type Mount } from "./mounts.ts";
import { API_KEYS, TestConsole } from "./test-console.ts";

describe.each(Object.entries(MOUNTS))("mounted in %s", (_, mount: Mount) => {
  const within = async (use: (testConsole: TestConsole) => Promise<void>): Promise<void> => {
    const testConsole = await TestConsole.open({ mount });
    try {
      await use(testConsole);
    } finally {
      await testConsole.close();
    }
  };

  test("the API and the application's own routes work", () =>
    within(async (testConsole) => {
      const id = await testConsole.createWebhook();
      expect((await testConsole.call("GET", `/webhooks/${id}`)).status).toBe(200);
      const own = await fetch(`${testConsole.origin}/own`, {
        method: "POST",
        body: '{"a":1}',
        headers: { "content-type": "application/json" },
      });
      expect(await own.json()).toEqual({ a: 1 });
    }));

  test("the mount path without a slash redirects, also behind a gateway", () =>
    within(async ({ origin }) => {
      const { status, headers } = await fetch(`${origin}/heron?a=1`, { redirect: "manual" });
      expect([status, headers.get("location")]).toEqual([308, "heron/?a=1"]);
    }));

  test("a path outside of the mount is not found", () =>
    within(async (testConsole) => {
      for (const path of [
        "/webhooks/%2e%2e%2fown",
        "/webhooks/..%2f..%2fown",
        "/webhooks/%00",
        "/webhooks/%ff",
      ])
        expect((await testConsole.call("GET", path)).status, path).toBeGreaterThanOrEqual(400);
    }));

  test("HEAD responds like GET without a body", () =>
    within(async ({ origin }) => {
      const { status, headers } = await fetch(`${origin}/heron/api/webhooks`, {
        method: "HEAD",
        headers: { "x-api-key": API_KEYS.ann },
      });
      expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
    }));

  test("a method that the Request class rejects is answered without an error of the application", () =>
    within(async ({ origin }) => {
      const status = await new Promise((resolve, reject) => {
        const clientRequest = request(`${origin}/heron/api/track`, { method: "TRACE" }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        clientRequest.on("error", reject).end();
      });
      expect(status).toBe(405);
    }));

  test("an oversized body is rejected before it is read, with and without content-length", () =>
    within(async ({ origin }) => {
      const large = new Uint8Array(2 * 1024 * 1024);
      const chunked = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < 64; i++) controller.enqueue(large.subarray(0, 32 * 1024));
          controller.close();
        },
      });
      for (const body of [large, chunked]) {
        const response = await fetch(`${origin}/heron/api/webhooks`, {
          method: "POST",
          body,
          headers: { "x-api-key": API_KEYS.ann, "content-type": "application/json" },
          duplex: "half",
        } as RequestInit).catch(() => null);
        // A client that is still writing may not read the response.
        if (response !== null) expect(response.status).toBe(413);
      }
      const after = await fetch(`${origin}/heron/api/openapi.json`);
      expect(after.status).toBe(200);
    }));
});
