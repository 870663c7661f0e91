import { createSignedPost, SECRET, sendRequest } from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import type { Express } from "express";
import { describe, expect, test } from "vitest";
import { listen, versions } from "./apps.ts";

type ExpressModule = typeof import("express");

const quiet = { secret: SECRET, logger: false } as const;
const handling = { ...quiet, on: {} };

interface Place {
  readonly name: string;
  readonly mount: (app: Express, express: ExpressModule) => void;
  /** Where every request is verified or refused. */
  readonly taken: readonly string[];
  /** What is let pass, to no route. */
  readonly passed: readonly string[];
}

const places: readonly Place[] = [
  {
    name: "app.use(heronWebhook())",
    mount: (app) => app.use(heronWebhook(handling)),
    taken: ["/webhooks/heron", "/webhooks/heron/", "/Webhooks/Heron", "/webhooks/heron?x=1"],
    passed: ["/", "/webhooks", "/webhooks/heron/x", "/webhooks/heron2", "/x/webhooks/heron"],
  },
  {
    name: "app.use(path, heronWebhook())",
    mount: (app) => app.use("/hooks/heron", heronWebhook(handling)),
    taken: ["/hooks/heron", "/hooks/heron/", "/HOOKS/heron?x=1", "/hooks/heron/x", "/hooks/heron//x/y"],
    passed: ["/", "/hooks", "/hooks/heron2", "/webhooks/heron"],
  },
  {
    name: "app.use(the default path, heronWebhook())",
    mount: (app) => app.use("/webhooks/heron", heronWebhook(handling)),
    taken: ["/webhooks/heron", "/webhooks/heron/", "/webhooks/heron/x"],
    passed: ["/webhooks"],
  },
  {
    name: "app.use(prefix, heronWebhook({ path below it }))",
    mount: (app) => app.use("/api", heronWebhook({ ...handling, path: "/api/hooks" })),
    taken: ["/api/hooks", "/API//hooks/"],
    passed: ["/api", "/hooks", "/api/hooks/x", "/api/api/hooks"],
  },
  {
    name: "app.use(path, heronWebhook({ the same path }))",
    mount: (app) => app.use("/hooks/heron", heronWebhook({ ...handling, path: "/hooks/heron" })),
    taken: ["/hooks/heron", "/hooks/heron/"],
    passed: ["/hooks", "/hooks/heron/x"],
  },
  {
    name: "app.use(prefix, heronWebhook({ path that is not below it }))",
    mount: (app) => app.use("/api", heronWebhook({ ...handling, path: "/hooks" })),
    taken: ["/api", "/api/", "/api/hooks", "/api/webhooks/heron"],
    passed: ["/hooks", "/apis"],
  },
  {
    name: "app.use(prefix, heronWebhook({ path that begins with the same letters }))",
    mount: (app) => app.use("/api", heronWebhook({ ...handling, path: "/apis/hooks" })),
    taken: ["/api", "/api/hooks", "/api/apis/hooks"],
    passed: ["/apis/hooks"],
  },
  {
    name: "router.use(heronWebhook({ path below its mount }))",
    mount: (app, { Router }) =>
      app.use("/v1", Router().use(heronWebhook({ ...handling, path: "/v1/hooks" }))),
    taken: ["/v1/hooks", "/v1", "/v1/x"],
    passed: ["/hooks"],
  },
  {
    name: "router.use(heronWebhook()) of a router in a route",
    mount: (app, { Router }) => app.post(["/x", "/x/y"], Router().use(heronWebhook(handling))),
    taken: ["/x", "/x/y"],
    passed: ["/", "/webhooks/heron"],
  },
  {
    name: "app.post(path, heronWebhook({ on }))",
    mount: (app) => app.post("/elsewhere", heronWebhook(handling)),
    taken: ["/elsewhere"],
    passed: ["/webhooks/heron", "/elsewhere/x"],
  },
  {
    name: "app.route(path).post([…, heronWebhook({ on })])",
    mount: (app) =>
      app
        .route("/elsewhere/:id")
        .post([(_req: unknown, _res: unknown, next: () => void) => next(), heronWebhook(handling)]),
    taken: ["/elsewhere/1"],
    passed: ["/webhooks/heron", "/elsewhere"],
  },
  {
    name: "two receivers",
    mount: (app) =>
      app.use(heronWebhook({ ...handling, path: "/a" }), heronWebhook({ ...handling, path: "/b" })),
    taken: ["/a", "/b"],
    passed: ["/webhooks/heron"],
  },
  {
    name: "path: /",
    mount: (app) => app.use(heronWebhook({ ...handling, path: "/" })),
    taken: ["/", "/?x=1"],
    passed: ["/x"],
  },
];

for (const [version, express] of versions)
  describe(`${version}, mounted`, () => {
    for (const { name, mount, taken, passed } of places)
      test(name, async () => {
        const app = express();
        mount(app, express);
        await using server = await listen(app);
        for (const path of taken) {
          expect([path, (await sendRequest(server.port, { ...createSignedPost(), path })).status]).toEqual([
            path,
            200,
          ]);
          const unsigned = await sendRequest(server.port, { method: "POST", path, body: "{}" });
          expect([path, unsigned.status]).toEqual([path, 401]);
        }
        for (const path of passed)
          expect([path, (await sendRequest(server.port, { ...createSignedPost(), path })).status]).toEqual([
            path,
            404,
          ]);
      });

    test("behind a route that calls next, other paths are still not the receiver's", async () => {
      const app = express();
      // A route that matches everything leaves `request.route` behind.
      app.all(/.*/, (_req, _res, next) => next());
      app.use(heronWebhook(handling));
      app.post("/other", (_req, res) => void res.send("other"));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { method: "POST", path: "/other" })).toMatchObject({
        status: 200,
        body: "other",
      });
      expect(await sendRequest(server.port, createSignedPost())).toMatchObject({
        status: 200,
        body: '{"ok":true}',
      });
      expect(await sendRequest(server.port, { ...createSignedPost(), body: "{}" })).toMatchObject({
        status: 401,
      });
    });

    test.each([
      ["a route for everything", /.*/],
      ["a route for one path", "/other"],
    ])("without `on` too, behind %s that calls next", async (_, path) => {
      const app = express();
      app.all(path, (_req, _res, next) => next());
      app.use(heronWebhook(quiet));
      app.all("/other", (_req, res) => void res.send("other"));
      app.post("/webhooks/heron", (req, res) => void res.send(req.heronEvent?.topic));
      await using server = await listen(app);
      for (const method of ["GET", "POST"])
        expect(await sendRequest(server.port, { method, path: "/other" })).toMatchObject({
          status: 200,
          body: "other",
        });
      expect(await sendRequest(server.port, createSignedPost())).toMatchObject({
        status: 200,
        body: "end_user.processed",
      });
      expect(await sendRequest(server.port, { ...createSignedPost(), body: "{}" })).toMatchObject({
        status: 401,
      });
    });

    test("a rewritten URL is compared as it is now", async () => {
      const app = express();
      app.use((req, _res, next) => {
        req.url = req.url.replace(/^\/en\//, "/");
        next();
      });
      app.use(heronWebhook(handling));
      app.use((_req, res) => void res.send("behind"));
      await using server = await listen(app);
      const post = { method: "POST", body: "{}" };
      expect(await sendRequest(server.port, { ...post, path: "/en/other" })).toMatchObject({
        body: "behind",
      });
      expect(await sendRequest(server.port, { ...post, path: "/en/webhooks/heron" })).toMatchObject({
        status: 401,
      });
    });

    test("a spelling of its path that a route with a parameter would take is verified", async () => {
      const app = express();
      app.use(heronWebhook(quiet));
      app.post("/webhooks/:who", (req, res) => void res.send(`reached ${req.heronEvent?.topic}`));
      await using server = await listen(app);
      const forged = { ...createSignedPost(), body: "{}" };
      for (const path of ["/webhooks/hero%6E", "/webhooks/HERON/", "/webhooks//heron"])
        expect([path, (await sendRequest(server.port, { ...forged, path })).status]).toEqual([path, 401]);
      const good = await sendRequest(server.port, { ...createSignedPost(), path: "/webhooks/hero%6E" });
      expect(good).toMatchObject({ status: 200, body: "reached end_user.processed" });
    });

    test("a body after setEncoding gets 500 with advice in the log, and the process continues", async () => {
      const app = express();
      app.use((req, _res, next) => {
        req.setEncoding("utf8");
        next();
      });
      app.use(heronWebhook(handling));
      await using server = await listen(app);
      for (const _ of [1, 2]) expect((await sendRequest(server.port, createSignedPost())).status).toBe(500);
    });

    test("a wrapped middleware in a route still verifies", async () => {
      const app = express();
      const inner = heronWebhook(quiet);
      app.post(
        "/hooks",
        (req, res, next) => inner(req, res, next),
        (_req, res) => void res.send("reached"),
      );
      await using server = await listen(app);
      const post = { ...createSignedPost(), path: "/hooks" };
      expect(await sendRequest(server.port, { ...post, headers: {} })).toMatchObject({ status: 401 });
      expect(await sendRequest(server.port, post)).toMatchObject({ status: 200, body: "reached" });
    });

    test("app.all: every method but POST is rejected", async () => {
      const app = express();
      app.all("/hooks", heronWebhook(quiet), (_req, res) => void res.send("reached"));
      await using server = await listen(app);
      for (const method of ["GET", "PUT", "DELETE", "OPTIONS"])
        expect(
          await sendRequest(server.port, { ...createSignedPost(), method, path: "/hooks" }),
        ).toMatchObject({
          status: 405,
        });
      expect(await sendRequest(server.port, { ...createSignedPost(), path: "/hooks" })).toMatchObject({
        body: "reached",
      });
    });
  });
