import { deferred, PATH, SECRET, type SendingAdapter, testSendingAdapter } from "@heron-webhooks/conformance";
import { manualClock, signedRequest } from "@heron-webhooks/core/testing";
import { type HeronSender, heronSender, heronWebhook } from "@heron-webhooks/fastify";
import { createSender, memoryStore, type Sender } from "@heron-webhooks/sender";
import fastify from "fastify";
import { describe, expect, expectTypeOf, test } from "vitest";
import { listen } from "./apps.ts";

const adapter: SendingAdapter = {
  createSender: () =>
    createSender({
      store: memoryStore(),
      egress: { allow: ["127.0.0.0/8"], allowHttp: true },
      logger: silent,
    }),
  async open(sender, route) {
    const app = fastify();
    await app.register(heronSender, { sender });
    app.post("/", async () => JSON.stringify((await route(app.heron)) ?? null));
    await app.register(async (inner) => {
      inner.post("/inner", async (request) => JSON.stringify((await route(request.server.heron)) ?? null));
    });
    return listen(app);
  },
};
const silent = { debug() {}, info() {}, warn() {}, error() {} };

testSendingAdapter("Fastify", adapter);

/** A sender that notes when it is started and closed. */
function noting(notes: string[]): Sender {
  const sender = adapter.createSender();
  return {
    ...sender,
    start() {
      notes.push("started");
      sender.start();
    },
    async close() {
      await sender.close();
      notes.push("closed");
    },
  };
}

describe("the sender in an application", () => {
  test("starts when the application is ready, and closes with it", async () => {
    const notes: string[] = [];
    const app = fastify();
    await app.register(heronSender, { sender: noting(notes) });
    await app.heron.emit("invoice.paid", null);
    expect(notes).toEqual([]);
    await app.ready();
    expect(notes).toEqual(["started"]);
    await app.close();
    expect(notes).toEqual(["started", "closed"]);
    await expect(app.heron.emit("invoice.paid", null)).rejects.toMatchObject({ code: "closed" });
  });

  test("keeps the application from being closed until it has closed itself", async () => {
    const [closing, release] = [deferred(), deferred()];
    const notes: string[] = [];
    const sender = adapter.createSender();
    const slow: Sender = {
      ...sender,
      async close() {
        closing.resolve();
        await release.promise;
        await sender.close();
        notes.push("sender");
      },
    };
    const app = fastify();
    await app.register(heronSender, { sender: slow });
    const closed = app.close().then(() => notes.push("application"));
    await closing.promise;
    await new Promise(setImmediate);
    release.resolve();
    await closed;
    expect(notes).toEqual(["sender", "application"]);
  });

  test("closes with one that was never ready", async () => {
    const notes: string[] = [];
    const app = fastify();
    await app.register(heronSender, { sender: noting(notes) });
    await app.close();
    expect(notes.at(-1)).toBe("closed");
  });

  test("closes after whatever was registered later, so that a webhook's slow handler still emits", async () => {
    const [started, release, clock] = [deferred(), deferred(), manualClock()];
    const emitted: unknown[] = [];
    const app = fastify();
    await app.register(heronSender, { sender: adapter.createSender() });
    const handler = async (): Promise<void> => {
      started.resolve();
      await release.promise;
      emitted.push(await app.heron.emit("invoice.paid", null));
    };
    await app.register(heronWebhook, { secret: SECRET, logger: false, clock, on: { "**": handler } });
    const reply = app.inject({ url: PATH, ...signedRequest({ topic: "a.b", data: null }, SECRET) });
    await started.promise;
    await clock.advance(9000);
    expect((await reply).statusCode).toBe(503);
    const closed = app.close();
    await new Promise(setImmediate);
    release.resolve();
    await closed;
    expect(emitted).toMatchObject([{ deliveryCount: 0 }]);
  });

  test("is there in the plugins below the one that registered it, and in no other", async () => {
    const app = fastify();
    const seen: boolean[] = [];
    await app.register(async (sending) => {
      await sending.register(heronSender, { sender: adapter.createSender() });
      await sending.register(async (inner) => void seen.push(inner.hasDecorator("heron")));
    });
    await app.register(async (other) => void seen.push(other.hasDecorator("heron")));
    expect([...seen, app.hasDecorator("heron")]).toEqual([true, false, false]);
    await app.close();
  });

  test("is registered once: here, above, and not over a decorator of the application's", async () => {
    const twice = fastify();
    const options = { sender: adapter.createSender() };
    await twice.register(heronSender, options);
    const above = fastify();
    await above.register(heronSender, options);
    const own = fastify();
    own.decorate("heron" as string, "a client");
    const taken = { name: "HeronError", code: "option_invalid", message: expect.stringContaining("once") };
    await expect(twice.register(heronSender, options)).rejects.toMatchObject(taken);
    await expect(
      above.register(async (inner) => void (await inner.register(heronSender, options))),
    ).rejects.toMatchObject(taken);
    await expect(own.register(heronSender, options)).rejects.toMatchObject(taken);
  });

  test("is asked for when register is given no options", async () => {
    const app = fastify();
    // @ts-expect-error by the types, too
    await expect(app.register(heronSender)).rejects.toMatchObject({ code: "option_invalid" });
  });

  test("has its type in any application", () => {
    const http2 = fastify({ http2: true });
    expectTypeOf(fastify().heron).toEqualTypeOf<Sender>();
    expectTypeOf(http2.heron).toEqualTypeOf<Sender>();
    expectTypeOf<HeronSender>().toEqualTypeOf<Sender>();
    // @ts-expect-error it is the application's for good
    () => (http2.heron = adapter.createSender());
    // @ts-expect-error what cannot close is no sender
    () => http2.register(heronSender, { sender: { start() {} } });
  });
});
