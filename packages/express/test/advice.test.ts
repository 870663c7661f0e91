import { CapturingLogger, createSignedPost, SECRET, sendRequest } from "@heron-webhooks/conformance";
import { type HeronMiddleware, heronWebhook } from "@heron-webhooks/express";
import type { Express } from "express";
import { describe, expect, test } from "vitest";
import { listen, versions } from "./apps.ts";

type ExpressModule = typeof import("express");
type Mount = (app: Express, middleware: HeronMiddleware, express: ExpressModule) => unknown;

/** Places where requests are verified that do not have the middleware's path, with what the log says then. */
const places: readonly [name: string, path: string | undefined, mount: Mount, advice: RegExp][] = [
  ["a route", undefined, (app, it) => app.all("/x", it), /in a route.*heronWebhook\.route\(\)/],
  ["a router", undefined, (app, it, { Router }) => app.use(Router().use(it)), /on a Router.*app\.use\(/],
  [
    "a function that calls it",
    undefined,
    (app, it) => app.use((req, res, next) => it(req, res, next)),
    /in a wrapper.*heronWebhook\.route\(\)/,
  ],
  ["a mount", undefined, (app, it) => app.use("/x", it), /below a mount.*heronWebhook\(\{ path: /],
  [
    "a mount that its path does not begin with",
    "/hooks",
    (app, it) => app.use("/x", it),
    /does not begin with.*includes the mount/,
  ],
];

/** What the log says besides each refusal. */
const adviceIn = (logger: CapturingLogger): unknown[] =>
  logger.lines.filter(({ details }) => Reflect.get(Object(details), "code") === undefined);

for (const [version, express] of versions)
  describe(`${version}: a rejection that the setup may have caused`, () => {
    for (const [name, path, mount, advice] of places)
      for (const on of [undefined, {}])
        test(`is explained in the log once, ${name}, ${on ? "with" : "without"} handlers`, async () => {
          const logger = new CapturingLogger();
          const app = express();
          mount(
            app,
            heronWebhook({ secret: SECRET, logger, ...(on && { on }), ...(path && { path }) }),
            express,
          );
          app.use((_req, res) => void res.end("behind"));
          await using server = await listen(app);
          // A verified event needs no advice.
          expect(await sendRequest(server.port, { ...createSignedPost(), path: "/x" })).toMatchObject({
            status: 200,
          });
          expect(adviceIn(logger)).toEqual([]);
          for (const method of ["GET", "POST", "POST"])
            expect((await sendRequest(server.port, { method, path: "/x" })).status).toBe(
              method === "GET" ? 405 : 401,
            );
          expect(adviceIn(logger)).toMatchObject([
            { level: "warn", message: expect.stringMatching(advice), details: { status: 405 } },
          ]);
        });

    test("is not explained at the middleware's own path", async () => {
      const logger = new CapturingLogger();
      const app = express();
      app.use("/webhooks", heronWebhook({ secret: SECRET, logger }));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { ...createSignedPost(), body: "{}" })).toMatchObject({
        status: 401,
      });
      expect(adviceIn(logger)).toEqual([]);
    });

    test("is explained when a parser in front has read the body", async () => {
      const logger = new CapturingLogger();
      const app = express();
      app.use(express.json());
      app.use("/x", heronWebhook({ secret: SECRET, logger }));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { ...createSignedPost(), path: "/x/other" })).toMatchObject({
        status: 500,
      });
      expect(adviceIn(logger)).toMatchObject([{ message: expect.stringContaining("below a mount") }]);
    });

    test("is answered all the same by a logger that throws", async () => {
      const warn = (): never => {
        throw new Error("the disk is full");
      };
      const app = express();
      app.all("/x", heronWebhook({ secret: SECRET, logger: { ...console, warn }, on: {} }));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { method: "POST", path: "/x" })).toMatchObject({ status: 401 });
    });

    test("a signed request to another path is reported once, and the application still gets it", async () => {
      const logger = new CapturingLogger();
      const app = express();
      app.use(heronWebhook({ secret: SECRET, logger }));
      app.post("/api/webhooks/heron", (_req, res) => void res.end("behind"));
      await using server = await listen(app);
      const post = { ...createSignedPost(), path: "/api/webhooks/heron" };
      for (const _ of [1, 2]) expect(await sendRequest(server.port, post)).toMatchObject({ body: "behind" });
      expect(adviceIn(logger)).toMatchObject([
        { level: "warn", message: expect.stringContaining("was passed on and not verified") },
      ]);
    });

    test("a signed request that another receiver verifies is not reported", async () => {
      const logger = new CapturingLogger();
      const app = express();
      app.use(heronWebhook({ secret: SECRET, logger, path: "/a", on: {} }));
      app.use(heronWebhook({ secret: SECRET, logger, path: "/b", on: {} }));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { ...createSignedPost(), path: "/b" })).toMatchObject({
        status: 200,
      });
      expect(adviceIn(logger)).toEqual([]);
    });
  });
