import {
  CapturingLogger,
  createEventBody,
  createSignedPost,
  SECRET,
  sendRequest,
  signBody,
} from "@heron-webhooks/conformance";
import { signedRequest } from "@heron-webhooks/core/testing";
import { HeronError, heronWebhook } from "@heron-webhooks/fastify";
import fastify, { type FastifyInstance, type onRequestAsyncHookHandler } from "fastify";
import { describe, expect, test, vi } from "vitest";
import { listen } from "./apps.ts";

const PATH = "/webhooks/heron";
const EVENT = { topic: "end_user.processed", data: { heron_id: "eus_1" } } as const;
const quiet = { secret: SECRET, logger: false, on: {} } as const;

describe("registered", () => {
  test("under a prefix, it listens behind that", async () => {
    const app = fastify();
    await app.register(heronWebhook, { ...quiet, prefix: "/api", path: "/hooks" });
    const status = async (url: string) =>
      (await app.inject({ url, ...signedRequest(EVENT, SECRET) })).statusCode;
    expect(await status("/api/hooks")).toBe(200);
    expect(await status("/hooks")).toBe(404);
  });

  test("in another plugin, it is under that one's prefix", async () => {
    const app = fastify();
    await app.register(async (inner) => void (await inner.register(heronWebhook, quiet)), { prefix: "/v1" });
    expect((await app.inject({ url: `/v1${PATH}`, ...signedRequest(EVENT, SECRET) })).statusCode).toBe(200);
  });

  test("with a mistake, register rejects and says which", async () => {
    const codes = [];
    for (const options of [
      { secret: "" },
      { secret: SECRET, bodylimit: 1 },
      { secret: SECRET, on: { "*.": () => {} } },
    ])
      codes.push(
        await fastify()
          .register(heronWebhook, { logger: false, ...options })
          .then(
            () => "none",
            (error: unknown) => (HeronError.is(error) ? error.code : String(error)),
          ),
      );
    expect(codes).toEqual(["secret_invalid", "option_invalid", "pattern_invalid"]);
  });

  test("with a parameter in its path, secret and handler see the request", async () => {
    const app = fastify();
    const customers: unknown[] = [];
    await app.register(heronWebhook, {
      path: "/hooks/:customer",
      logger: false,
      secret: ({ params }) => `sec_${(params as { readonly customer: string }).customer}`,
      on: { "**": (_event, context) => void customers.push(context.request.params) },
    });
    const reply = await app.inject({ url: "/hooks/acme", ...signedRequest(EVENT, "sec_acme") });
    expect(reply.statusCode).toBe(200);
    expect(customers).toEqual([{ customer: "acme" }]);
  });
});

describe("with inject", () => {
  test("a signed request is handled, by its bytes", async () => {
    const app = fastify();
    const topics: string[] = [];
    await app.register(heronWebhook, {
      ...quiet,
      on: { "end_user.*": (event) => void topics.push(event.topic) },
    });
    expect((await app.inject({ url: PATH, ...signedRequest(EVENT, SECRET) })).json()).toEqual({ ok: true });
    const forged = { ...signedRequest(EVENT, SECRET), body: createEventBody() };
    expect((await app.inject({ url: PATH, ...forged })).statusCode).toBe(401);
    expect(topics).toEqual(["end_user.processed"]);
  });

  test("a malformed content type is no matter", async () => {
    const app = fastify();
    await app.register(heronWebhook, quiet);
    for (const type of ["application/json\ta", "application/", ";", "x".repeat(500)]) {
      const payload = createEventBody();
      const headers = { "content-type": type, "heron-signature": signBody(payload) };
      const reply = await app.inject({ method: "POST", url: PATH, headers, payload });
      expect([type, reply.statusCode]).toEqual([type, 200]);
    }
  });

  test("a body that a hook has read is a 500 that says so in the log", async () => {
    const app = fastify();
    const logger = new CapturingLogger();
    app.addHook("onRequest", async (req) => {
      for await (const _ of req.raw);
    });
    await app.register(heronWebhook, { ...quiet, logger });
    const reply = await app.inject({ url: PATH, ...signedRequest(EVENT, SECRET) });
    expect(reply.json()).toEqual({
      error: "body_already_consumed",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(reply.statusCode).toBe(500);
    expect(logger.lines[0]?.message).toContain("onRequest");
  });
});

describe("logs", () => {
  test("through app.log", async () => {
    const lines: string[] = [];
    const app = fastify({
      logger: { level: "warn", stream: { write: (line: string) => void lines.push(line) } },
    });
    await app.register(heronWebhook, { secret: SECRET, on: {} });
    await app.inject({ method: "POST", url: PATH, payload: createEventBody() });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 40, code: "signature_missing", status: 401, msg: expect.stringContaining("heron-webhooks: ") },
    ]);
  });

  test("that there are no handlers, when it is registered", async () => {
    const lines: string[] = [];
    const app = fastify({
      logger: { level: "warn", stream: { write: (line: string) => void lines.push(line) } },
    });
    await app.register(heronWebhook, { secret: SECRET });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("no handlers configured");
  });

  test("to the logger given, or nowhere, rather than to app.log", async () => {
    const lines: string[] = [];
    const app = fastify({
      logger: { level: "warn", stream: { write: (line: string) => void lines.push(line) } },
    });
    const logger = new CapturingLogger();
    await app.register(heronWebhook, { ...quiet, path: "/a", logger });
    await app.register(heronWebhook, { ...quiet, path: "/b" });
    for (const url of ["/a", "/b"]) await app.inject({ method: "POST", url });
    expect(lines).toEqual([]);
    expect(logger.lines).toHaveLength(1);
  });
});

test("what comes while the application closes is not handled", async () => {
  const app = fastify();
  let runs = 0;
  await app.register(heronWebhook, { ...quiet, on: { "**": () => void runs++ } });
  const server = await listen(app);
  expect(await sendRequest(server.port, createSignedPost())).toMatchObject({ status: 200 });
  await server.close();
  await expect(sendRequest(server.port, createSignedPost())).rejects.toThrow();
  await expect(app.inject({ url: PATH, ...signedRequest(EVENT, SECRET) })).rejects.toThrow();
  expect(runs).toBe(1);
});

test("without a logger in the application, rejections and missing handlers are still logged", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const app = fastify();
  await app.register(heronWebhook, { secret: SECRET });
  await app.inject({ method: "POST", url: PATH });
  const lines = error.mock.calls.map(([line]) => JSON.parse(String(line)) as { readonly msg: string });
  error.mockRestore();
  expect(lines.map(({ msg }) => msg)).toEqual([
    expect.stringContaining("no handlers configured"),
    expect.stringContaining("There is no signature header"),
  ]);
  await app.close();
});

describe("a plugin that adds hooks to every route, as @fastify/rate-limit does", () => {
  /** Refuses all but the first `max` requests, in the way of the plugin: appended to the route's own hooks. */
  async function limited(how: "append" | "prepend", max = 2): Promise<FastifyInstance> {
    const app = fastify();
    let requests = 0;
    app.addHook("onRoute", (route) => {
      const hooks = [route.onRequest ?? []].flat();
      const limit: onRequestAsyncHookHandler = async (_request, reply) => {
        if (++requests > max) return reply.code(429).send({ error: "too many" });
      };
      route.onRequest = how === "append" ? [...hooks, limit] : [limit, ...hooks];
    });
    await app.register(heronWebhook, quiet);
    return app;
  }

  test.each(["append", "prepend"] as const)("limits the receiver's route (%s)", async (how) => {
    const app = await limited(how);
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++)
      statuses.push((await app.inject({ method: "POST", url: PATH, payload: "{}" })).statusCode);
    expect(statuses).toEqual([401, 401, 429, 429]);
  });

  test("and what it lets through is handled, by its bytes, for every method", async () => {
    const app = await limited("append", 100);
    expect((await app.inject({ url: PATH, ...signedRequest(EVENT, SECRET) })).json()).toEqual({ ok: true });
    for (const method of ["GET", "PUT", "DELETE"] as const)
      expect((await app.inject({ method, url: PATH })).statusCode).toBe(405);
  });
});

test("its route is hidden from documents of the application's API", async () => {
  const app = fastify();
  const schemas: unknown[] = [];
  app.addHook("onRoute", ({ schema }) => void schemas.push(schema));
  await app.register(heronWebhook, quiet);
  expect(schemas.length).toBeGreaterThan(0);
  for (const schema of schemas) expect(schema).toEqual({ hide: true });
});
