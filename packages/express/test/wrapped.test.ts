import { createSignedPost, SECRET, sendRequest } from "@heron-webhooks/conformance";
import { HeronError, type HeronMiddleware, heronWebhook } from "@heron-webhooks/express";
import type { Express, RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { listen, versions } from "./apps.ts";

type ExpressModule = typeof import("express");

const quiet = { secret: SECRET, logger: false, dedupe: false } as const;
const handling = { ...quiet, on: {} };

/** Ways in which something comes between Express and a middleware. */
const wrappers: ReadonlyMap<string, (middleware: RequestHandler) => RequestHandler> = new Map([
  ["as it is", (middleware) => middleware],
  ["in a function of three parameters", (middleware) => (req, res, next) => void middleware(req, res, next)],
  [
    "in a function that wraps next, as instrumentation does",
    (middleware) => (req, res, next) => void middleware(req, res, (error?: unknown) => next(error)),
  ],
  [
    "in a function that keeps its properties, as express-async-errors does",
    (middleware) =>
      Object.assign(
        ((req, res, next) => void middleware(req, res, next)) satisfies RequestHandler,
        middleware,
      ),
  ],
  // Not `middleware.bind`: a router's is the method of WebDAV.
  ["bound", (middleware) => Function.prototype.bind.call(middleware, null) as RequestHandler],
]);

/** Wraps what Express keeps of each middleware, as instrumentation does at run time. */
function wrapLayers(stack: unknown, wrap: (middleware: RequestHandler) => RequestHandler): void {
  for (const layer of stack as { handle: RequestHandler; route?: { stack: unknown } }[]) {
    if (layer.route === undefined) layer.handle = wrap(layer.handle);
    else wrapLayers(layer.route.stack, wrap);
  }
}

function getRouterStack(app: Express): unknown {
  return (app as unknown as { _router?: { stack: unknown } })._router?.stack ?? app.router.stack;
}

type Place = (
  app: Express,
  middleware: RequestHandler,
  behind: RequestHandler,
  express: ExpressModule,
) => unknown;

/** Each takes its requests at `/customers/acme`, which is no middleware's own path. */
const routes: ReadonlyMap<string, Place> = new Map<string, Place>([
  ["app.post(path, …)", (app, middleware, behind) => app.post("/customers/:customer", middleware, behind)],
  ["app.all(path, …)", (app, middleware, behind) => app.all("/customers/:customer", middleware, behind)],
  [
    "app.post(path, …), its handler apart, as in Nest",
    (app, middleware, behind) =>
      app.post("/customers/:customer", middleware).post("/customers/:customer", behind),
  ],
  [
    "app.route(path).post([…])",
    (app, middleware, behind) => app.route("/customers/:customer").post([middleware], behind),
  ],
  [
    "router.post(path, …)",
    (app, middleware, behind, { Router }) =>
      app.use("/customers", Router().post("/:customer", middleware, behind)),
  ],
  [
    "app.post(path, …) behind a route that calls next",
    (app, middleware, behind) =>
      app.all(/.*/, (_req, _res, next) => next()).post("/customers/:customer", middleware, behind),
  ],
]);

const middlewares: ReadonlyMap<string, () => HeronMiddleware> = new Map([
  ["heronWebhook({ on })", () => heronWebhook(handling)],
  ["heronWebhook()", () => heronWebhook(quiet)],
  ["heronWebhook({ path, on })", () => heronWebhook({ ...handling, path: "/elsewhere" })],
  ["heronWebhook.route({ on })", () => heronWebhook.route(handling)],
  ["heronWebhook.route()", () => heronWebhook.route(quiet)],
]);

for (const [version, express] of versions) {
  describe(`${version}: in a route, no forged request gets past`, () => {
    for (const [name, make] of middlewares)
      for (const [place, mount] of routes)
        for (const [how, wrap] of wrappers)
          for (const what of ["middleware", "layers"])
            test(`${name}, ${place}, its ${what} ${how}`, async () => {
              const app = express();
              let reached = 0;
              const behind: RequestHandler = (_req, res) => {
                reached++;
                res.send("reached");
              };
              const middleware = make();
              mount(app, what === "middleware" ? wrap(middleware) : middleware, behind, express);
              if (what === "layers") wrapLayers(getRouterStack(app), wrap);
              await using server = await listen(app);
              const post = { ...createSignedPost(), path: "/customers/acme" };
              expect(await sendRequest(server.port, { ...post, body: "{}" })).toMatchObject({ status: 401 });
              expect(await sendRequest(server.port, { ...post, headers: {} })).toMatchObject({ status: 401 });
              expect(reached).toBe(0);
              expect(await sendRequest(server.port, post)).toMatchObject({
                status: 200,
                body: name.includes("on") && !name.endsWith("()") ? '{"ok":true}' : "reached",
              });
            });
  });

  describe(`${version}: app.use(heronWebhook()), whatever wraps its layers`, () => {
    for (const [how, wrap] of wrappers)
      test(`leaves other requests alone, behind a route that calls next, ${how}`, async () => {
        const app = express();
        app.all(/.*/, (_req, _res, next) => next());
        app.use(heronWebhook(quiet));
        app.all("/other", (_req, res) => void res.send("other"));
        app.post("/webhooks/heron", (req, res) => void res.send(req.heronEvent?.topic));
        wrapLayers(getRouterStack(app), wrap);
        await using server = await listen(app);
        for (const method of ["GET", "POST"])
          expect(await sendRequest(server.port, { method, path: "/other" })).toMatchObject({ body: "other" });
        expect(await sendRequest(server.port, createSignedPost())).toMatchObject({
          body: "end_user.processed",
        });
        expect(await sendRequest(server.port, { ...createSignedPost(), body: "{}" })).toMatchObject({
          status: 401,
        });
      });

    test("on a router, it verifies or refuses every request", async () => {
      const app = express();
      app.use(express.Router().use(heronWebhook(handling)));
      app.all("/other", (_req, res) => void res.send("other"));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { path: "/other" })).toMatchObject({ status: 405 });
      expect(await sendRequest(server.port, createSignedPost())).toMatchObject({ body: '{"ok":true}' });
    });

    test("a function that calls it for chosen requests gets nothing unverified", async () => {
      const app = express();
      const middleware = heronWebhook(handling);
      app.use((req, res, next) => (req.path === "/other" ? middleware(req, res, next) : next()));
      app.all("/other", (_req, res) => void res.send("other"));
      await using server = await listen(app);
      const post = { ...createSignedPost(), path: "/other" };
      expect(await sendRequest(server.port, { path: "/other" })).toMatchObject({ status: 405 });
      expect(await sendRequest(server.port, { ...post, headers: {} })).toMatchObject({ status: 401 });
      expect(await sendRequest(server.port, post)).toMatchObject({ body: '{"ok":true}' });
    });

    test("a framework that looks like Express but sets no route gets nothing unverified, as tinyhttp", async () => {
      const middleware = heronWebhook(handling);
      await using server = await listen((req, res) => {
        Object.assign(req, { app: {}, baseUrl: "", path: req.url, originalUrl: req.url });
        middleware(req, res, () => void res.end("reached"));
      });
      const post = { ...createSignedPost(), path: "/customers/acme" };
      expect(await sendRequest(server.port, { ...post, headers: {} })).toMatchObject({ status: 401 });
      expect(await sendRequest(server.port, post)).toMatchObject({ body: '{"ok":true}' });
    });

    test("an application's own settings and errors pass through it", async () => {
      const app = express();
      const seen: unknown[] = [];
      app.use((req, res, next) => {
        seen.push(req.app, Object.getPrototypeOf(req), Object.getPrototypeOf(res));
        next();
      });
      app.use("/mount", heronWebhook({ ...quiet, path: "/mount/heron" }));
      app.use((req, res) => {
        seen.push(req.app, Object.getPrototypeOf(req), Object.getPrototypeOf(res));
        res.end(req.baseUrl);
      });
      await using server = await listen(app);
      expect(await sendRequest(server.port, { path: "/mount/x" })).toMatchObject({ status: 200, body: "" });
      expect(seen.slice(0, 3)).toEqual(seen.slice(3));
    });
  });
}

describe("without Express", () => {
  /** connect, in what matters: it calls `handle` if there is one, removes the mount from `url`, and keeps `originalUrl`. */
  function connectMount(mount: string, middleware: HeronMiddleware): Parameters<typeof listen>[0] {
    return (req, res) => {
      const url = req.url ?? "";
      const next = (): void => void res.end("passed on");
      if (!url.startsWith(mount)) return next();
      const below = url.slice(mount.length);
      Object.assign(req, { originalUrl: url, url: below.startsWith("/") ? below : `/${below}` });
      (middleware as unknown as { handle: RequestListener }).handle(req, res, next);
    };
  }
  type RequestListener = (...parameters: Parameters<HeronMiddleware>) => void;

  test.each([
    ["", "/webhooks/heron"],
    ["", "/webhooks/heron/?x=1"],
    ["", "/other"],
    ["/hooks/heron", "/hooks/heron"],
    ["/hooks/heron", "/hooks/heron?x=1"],
    ["/hooks/heron", "/hooks/heron/x"],
  ])("mounted at %j of connect, nothing gets past unverified at %j", async (mount, path) => {
    await using server = await listen(connectMount(mount, heronWebhook(handling)));
    expect(await sendRequest(server.port, { ...createSignedPost(), path })).toMatchObject({
      body: '{"ok":true}',
    });
    const forged = await sendRequest(server.port, { ...createSignedPost(), path, body: "{}" });
    expect(forged).toMatchObject({ status: 401 });
  });

  test("a router of another kind, whose parameters it finds on the request, gets nothing unverified", async () => {
    const middleware = heronWebhook(handling);
    await using server = await listen((req, res) => {
      Object.assign(req, { params: { customer: "acme" } });
      middleware(req, res, () => void res.end("reached"));
    });
    const post = { ...createSignedPost(), path: "/customers/acme" };
    expect(await sendRequest(server.port, { ...post, body: "{}" })).toMatchObject({ status: 401 });
    expect(await sendRequest(server.port, post)).toMatchObject({ status: 200, body: '{"ok":true}' });
  });

  test("a plain function that calls it with a next of its own, as in Next, gets nothing unverified", async () => {
    const middleware = heronWebhook(handling);
    await using server = await listen((req, res) => middleware(req, res, () => void res.end("reached")));
    const post = { ...createSignedPost(), path: "/api/heron" };
    expect(await sendRequest(server.port, { ...post, body: "{}" })).toMatchObject({ status: 401 });
    expect(await sendRequest(server.port, post)).toMatchObject({ status: 200, body: '{"ok":true}' });
  });

  test("called as a function, without next, it answers every request", async () => {
    await using server = await listen(heronWebhook(handling));
    const post = { ...createSignedPost(), path: "/any" };
    expect(await sendRequest(server.port, post)).toMatchObject({ status: 200 });
    expect(await sendRequest(server.port, { ...post, body: "{}" })).toMatchObject({ status: 401 });
    expect(await sendRequest(server.port, { path: "/" })).toMatchObject({ status: 405 });
  });

  test("without `on` and without next, it says what is missing", async () => {
    const thrown: unknown[] = [];
    const middleware = heronWebhook(quiet);
    await using server = await listen((req, res) => {
      try {
        middleware(req, res);
      } catch (error) {
        thrown.push(error);
        res.end();
      }
    });
    await sendRequest(server.port, createSignedPost());
    expect(thrown).toMatchObject([{ code: "option_invalid", message: expect.stringContaining("(on)") }]);
  });
});

test("heronWebhook.route rejects a path, also one that is undefined", () => {
  for (const path of ["/hooks", undefined]) {
    const options = { ...quiet, path };
    expect(() => heronWebhook.route(options)).toThrow(HeronError);
    expect(() => heronWebhook.route(options)).toThrow(/takes no path/);
  }
});

test.each(["/customers/:customer/heron", "/hooks/*path", "/hooks{/heron}", "/hooks/(.*)"])(
  "a path with parameters, %j, is rejected rather than compared literally",
  (path) => {
    expect(() => heronWebhook({ ...quiet, path })).toThrow(HeronError);
    expect(() => heronWebhook({ ...quiet, path })).toThrow(/heronWebhook\.route\(\)/);
  },
);

test("parameters of a route keep their types behind the middleware", () => {
  const app = versions.get("Express 5")?.();
  app?.post("/x/:c", heronWebhook.route(quiet), (req, res) => {
    const customer: string = req.params.c;
    res.send(customer);
  });
  app?.post("/y/:c", heronWebhook(quiet), (req, res) => {
    const customer: string = req.params.c;
    res.send(customer);
  });
  app?.use(heronWebhook(quiet), heronWebhook(handling));
});
