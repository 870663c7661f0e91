import { SECRET } from "@heron-webhooks/conformance";
import { signedRequest } from "@heron-webhooks/core/testing";
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, test } from "vitest";

const PATH = "/webhooks/heron";
const EVENT = { topic: "end_user.processed", data: { heron_id: "eus_1" } } as const;
const quiet = { secret: SECRET, logger: false, on: {} } as const;

/** Everything about an application that a plugin could disturb. */
function sibling(app: FastifyInstance): void {
  app.addContentTypeParser("application/x-own", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, { own: body.toString() });
  });
  app.post("/other", (req) => ({ body: req.body ?? null }));
  app.post("/small", { bodyLimit: 10 }, (req) => ({ body: req.body ?? null }));
}

/** How the sibling routes answer. */
async function answers(app: FastifyInstance): Promise<unknown[]> {
  const post = async (url: string, type: string, payload: string) => {
    const reply = await app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
    return [reply.statusCode, reply.json<unknown>()];
  };
  return [
    await post("/other", "application/json", '{"a":1}'),
    await post("/other", "application/json", "{"),
    await post("/other", "text/plain", "text"),
    await post("/other", "application/x-own", "mine"),
    await post("/other", "application/octet-stream", "bytes"),
    await post("/other", "application/json", JSON.stringify("x".repeat(2000))),
    await post("/small", "application/json", '{"a":123456}'),
    app.hasContentTypeParser("application/octet-stream"),
  ];
}

describe("touches nothing outside its own route", () => {
  for (const order of ["before", "after"] as const)
    test(`registered ${order} the others`, async () => {
      const [plain, app] = [fastify({ bodyLimit: 1000 }), fastify({ bodyLimit: 1000 })];
      sibling(plain);
      if (order === "before") await app.register(heronWebhook, quiet);
      sibling(app);
      if (order === "after") await app.register(heronWebhook, quiet);
      expect(await answers(app)).toEqual(await answers(plain));
      // Nor the other way round: its limit is its own.
      const large = signedRequest({ ...EVENT, data: "x".repeat(5000) }, SECRET);
      expect((await app.inject({ url: PATH, ...large })).statusCode).toBe(200);
    });

  test("whatever the application does to its parsers", async () => {
    for (const when of ["before", "after"]) {
      const app = fastify();
      if (when === "after") await app.register(heronWebhook, quiet);
      app.removeAllContentTypeParsers();
      app.addContentTypeParser("*", (_request, _payload, done) => done(new Error("nothing is parsed here")));
      if (when === "before") await app.register(heronWebhook, quiet);
      expect((await app.inject({ url: PATH, ...signedRequest(EVENT, SECRET) })).statusCode).toBe(200);
    }
  });

  test("nor hooks and handlers for errors", async () => {
    const app = fastify();
    const seen: string[] = [];
    app.addHook("onRequest", async (req) => void seen.push(`request ${req.url}`));
    app.addHook(
      "onResponse",
      async (req, reply) => void seen.push(`response ${req.url} ${reply.statusCode}`),
    );
    app.setErrorHandler(() => "an error of the application's");
    await app.register(heronWebhook, { ...quiet, on: { "**": () => Promise.reject(new Error("no")) } });
    const reply = await app.inject({ url: PATH, ...signedRequest(EVENT, SECRET) });
    expect(reply.json()).toMatchObject({ error: "handler_failed" });
    expect(seen).toEqual([`request ${PATH}`, `response ${PATH} 500`]);
  });

  test("two receivers in one application, each with its own path and secret", async () => {
    const app = fastify();
    await app.register(heronWebhook, { ...quiet, path: "/a", secret: "sec_a" });
    await app.register(heronWebhook, { ...quiet, path: "/b", secret: "sec_b" });
    const status = async (url: string, secret: string) =>
      (await app.inject({ url, ...signedRequest(EVENT, secret) })).statusCode;
    expect(await status("/a", "sec_a")).toBe(200);
    expect(await status("/b", "sec_a")).toBe(401);
    expect(await status("/b", "sec_b")).toBe(200);
  });
});
