import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { manualClock } from "@heron-webhooks/core/testing";
import { createSender, memoryStore } from "@heron-webhooks/sender";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createConsole } from "../src/index.ts";
import { MOUNTS, type Mount } from "./mounts.ts";
import { API_KEYS, TestConsole } from "./test-console.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A reader of a stream of server-sent events. */
class Stream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  text = "";

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#reader = body.getReader();
    this.#abort = abort;
  }

  static async open(testConsole: TestConsole, key: string): Promise<Stream> {
    const abort = new AbortController();
    const response = await fetch(`${testConsole.origin}/heron/api/events`, {
      headers: { "x-api-key": key, accept: "text/event-stream" },
      signal: abort.signal,
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect(response.headers.get("cache-control")).toContain("no-transform");
    return new Stream(response.body as ReadableStream<Uint8Array>, abort);
  }

  /** Reads until the text arrives; false if the stream ends before. */
  async has(text: string): Promise<boolean> {
    while (!this.text.includes(text)) {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      this.text += Buffer.from(value).toString();
    }
    return true;
  }

  close(): void {
    this.#abort.abort();
  }
}

describe.each(Object.entries(MOUNTS))("mounted in %s", (_, mount: Mount) => {
  test("a stream reports new and changed deliveries of its own account only", async () => {
    const testConsole = await TestConsole.open({ mount });
    try {
      await testConsole.createWebhook();
      await testConsole.createWebhook({}, API_KEYS.bob);
      const [ann, bob] = [
        await Stream.open(testConsole, API_KEYS.ann),
        await Stream.open(testConsole, API_KEYS.bob),
      ];
      // Existing deliveries are not reported.
      await Promise.all([ann.has('{"is_reachable":true}'), bob.has('{"is_reachable":true}')]);
      const { id } = await testConsole.sender.forAccount("ann").emit("invoice.paid", { amount: 1 });
      expect(await ann.has(id)).toBe(true);
      expect(ann.text).toMatch(/event: delivery\ndata: \{"heron_id":"dlv_[^\n]*"status":"pending"/);
      const [webhook] = (await testConsole.sender.forAccount("ann").webhooks.list()).data;
      await testConsole.sender.forAccount("ann").webhooks.disable(webhook?.id ?? "");
      expect(await ann.has('"reason":"disabled"')).toBe(true);
      ann.close();
      const own = await testConsole.sender.forAccount("bob").emit("invoice.paid", { amount: 1 });
      expect(await bob.has(own.id)).toBe(true);
      expect(bob.text).not.toContain(id);
      // A closing server does not wait for open streams.
      testConsole.console.close();
      expect(await bob.has("never")).toBe(false);
    } finally {
      await testConsole.close();
    }
  });
});

test("the number of streams per account is limited", async () => {
  const testConsole = await TestConsole.open();
  const streams: Stream[] = [];
  try {
    for (let i = 0; i < 50; i++) streams.push(await Stream.open(testConsole, API_KEYS.ann));
    expect((await testConsole.call("GET", "/events")).status).toBe(429);
    const bobs = await Stream.open(testConsole, API_KEYS.bob);
    bobs.close();
  } finally {
    for (const stream of streams) stream.close();
    await testConsole.close();
  }
});

test("a client that disconnects during authentication does not leave a stream open", async () => {
  const aborts: AbortController[] = [];
  let waitingCount = 0;
  let resolveAllWaiting = (): void => {};
  const allWaiting = new Promise<void>((resolve) => (resolveAllWaiting = resolve));
  const testConsole = await TestConsole.open({
    authorize: async ({ headers, signal }) => {
      if (headers.has("x-slow")) {
        if (++waitingCount === 50) resolveAllWaiting();
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        waitingCount--;
      }
      return { account: "ann" };
    },
  });
  try {
    const requests = Array.from({ length: 50 }, () => {
      const abort = new AbortController();
      aborts.push(abort);
      const headers = { "x-slow": "1" };
      return fetch(`${testConsole.origin}/heron/api/events`, { headers, signal: abort.signal }).catch(
        () => null,
      );
    });
    await allWaiting;
    // Without a reference to the request, its signal would not abort after a garbage collection.
    collectGarbage();
    for (const abort of aborts) abort.abort();
    await Promise.all(requests);
    while (waitingCount > 0) await new Promise((resolve) => setImmediate(resolve));
    const stream = await Stream.open(testConsole, API_KEYS.ann);
    expect(await stream.has("retry:")).toBe(true);
    stream.close();
  } finally {
    await testConsole.close();
  }
});

describe("a stream that is not read", () => {
  afterEach(() => void vi.useRealTimers());

  test("is closed before it fills the memory", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    const sender = createSender({ store: memoryStore({ clock: manualClock() }) });
    const own = sender.forAccount("ann");
    const { id } = await own.webhooks.create({ url: "https://example.com/", topics: ["**"] });
    await Promise.all(Array.from({ length: 100 }, (_, i) => own.emit("invoice.paid", { i })));
    const console = createConsole(sender, { authorize: () => ({ account: "ann" }) });
    const response = await console.fetch(new Request("http://console/api/events"));
    await vi.advanceTimersByTimeAsync(1000);
    // Each poll finds a hundred changes.
    for (let i = 0; i < 40; i++) {
      await (i % 2 === 0 ? own.webhooks.disable(id) : own.webhooks.enable(id));
      await vi.advanceTimersByTimeAsync(1000);
    }
    // The stream ends after a limited number of bytes.
    const read = await response.text();
    expect(read.length).toBeGreaterThan(100_000);
    expect(read.length).toBeLessThan(400_000);
    console.close();
    await sender.close();
  });
});
