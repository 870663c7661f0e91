import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PATH, SECRET } from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import connect, { type Connect } from "connect";
import type { RequestHandler } from "express";
import express from "express";
import { createRecordingHandler, getHeader, Recorder } from "../src/recorder.ts";
import { deliver, FAIL_HEADER } from "../src/requests.ts";
import { getRejectedRoutes, OTHER_ROUTES, type OtherRoute, testStack } from "../src/suite.ts";

/** Where the receiver of the Express package stands in an application of connect, which has no routes. */
interface ConnectPosition {
  readonly name: string;
  readonly path: string;
  readonly mount: (app: Connect, receiver: ConnectReceivers, behind: RequestHandler) => void;
  readonly others: readonly OtherRoute[];
}

interface ConnectReceivers {
  readonly plain: () => RequestHandler;
  readonly route: () => RequestHandler;
}

const positions: readonly ConnectPosition[] = [
  {
    name: "use(path, route form)",
    path: PATH,
    mount: (app, { route }, behind) => app.use(PATH, route()).use(PATH, behind),
    others: OTHER_ROUTES,
  },
  ...[PATH, `${PATH}/x`, "/other"].map((path) => ({
    name: `use(plain form), by mistake, at ${path}`,
    path,
    mount: (app: Connect, { plain }: ConnectReceivers, behind: RequestHandler) =>
      app.use(plain()).use(path, behind),
    others: getRejectedRoutes(""),
  })),
  {
    name: "use(path, plain form), by mistake",
    path: "/hooks/heron/x",
    mount: (app, { plain }, behind) => app.use("/hooks/heron", plain()).use("/hooks/heron", behind),
    others: OTHER_ROUTES,
  },
];

for (const position of positions)
  for (const form of ["with handlers", "without handlers"] as const)
    testStack({
      name: `connect, ${position.name}, ${form}`,
      path: position.path,
      arrivesAt: form === "with handlers" ? "handler" : "route behind",
      others: position.others,
      spellings: [position.path.toUpperCase(), `${position.path}/`, `${position.path}?x=1`],
      async open() {
        const recorder = new Recorder();
        const options = {
          secret: SECRET,
          logger: false,
          ...(form === "with handlers" ? { on: { "**": createRecordingHandler(recorder) } } : {}),
        } as const;
        const app = connect();
        position.mount(
          app,
          { plain: () => heronWebhook(options), route: () => heronWebhook.route(options) },
          (request, response) => {
            recorder.note("route behind", request);
            response.statusCode = Number(getHeader(request, FAIL_HEADER) ?? 200);
            response.end();
          },
        );
        app.use("/other", express.json() as RequestHandler);
        app.use("/other", (request, response) => {
          response.end(request.method === "GET" ? "well" : JSON.stringify(request.body));
        });
        const server = createServer(app as never).listen(0, "127.0.0.1");
        await once(server, "listening");
        return {
          send: (request) => deliver((server.address() as AddressInfo).port, request),
          arrivals: async () => recorder.arrivals,
          async close() {
            server.closeAllConnections();
            server.close();
            await once(server, "close");
          },
        };
      },
    });
