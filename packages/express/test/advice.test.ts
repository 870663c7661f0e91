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
  [
    "a router in a route",
    undefined,
    (app, it, { Router }) => app.all("/x", Router().use(it)),
    /in a route.*heronWebhook\.route\(\)/,
  ],
  ["a mount", undefined, (app, it) => app.use("/x", it), /below a mount.*heronWebhook\(\{ path: /],
  [
    "a mount where nothing has its path",
    "/hooks",
    (app, it) => app.use("/x", it),
    /no request has this path.*includes the mount/,
  ],
  [
    "a router behind something that changed the URL",
    undefined,
    (app, it, { Router }) =>
      app.use((req, _res, next) => {
        req.url = "/y";
        next();
      }, Router().use(it)),
    /changed the URL before.*app\.use\(heronWebhook\(\)\)/,
  ],
  [
    "a plain function",
    undefined,
    (app, it) =>
      app.use((req, res, next) => {
        Object.assign(req, { baseUrl: undefined });
        it(req, res, next);
      }),
    /something else than Express.*heronWebhook\.route\(\)/,
  ],
];

/** What the log says besides each refusal. */
const adviceIn = (logger: CapturingLogger): unknown[] =>
  logger.lines.filter(({ details }) => Reflect.get(Object(details), "code") === undefined);

for (const [version, express] of versions)
  describe(`${version}: a refusal that the setup may have caused`, () => {
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

    test("is answered all the same by a logger that throws", async () => {
      const warn = (): never => {
        throw new Error("the disk is full");
      };
      const app = express();
      app.all("/x", heronWebhook({ secret: SECRET, logger: { ...console, warn }, on: {} }));
      await using server = await listen(app);
      expect(await sendRequest(server.port, { method: "POST", path: "/x" })).toMatchObject({ status: 401 });
    });
  });
