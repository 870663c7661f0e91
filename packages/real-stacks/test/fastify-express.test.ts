import fastifyExpress from "@fastify/express";
import fastifyMiddie from "@fastify/middie";
import { PATH, SECRET } from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import type { RequestHandler } from "express";
import { type FastifyInstance, fastify } from "fastify";
import { createRecordingHandler, getHeader, Recorder } from "../src/recorder.ts";
import { deliver, FAIL_HEADER } from "../src/requests.ts";
import { getRejectedRoutes, OTHER_ROUTES, type OtherRoute, testStack } from "../src/suite.ts";

/** Where the receiver of the Express package stands in a Fastify application, in front of Fastify's own routes. */
interface BridgePosition {
  readonly name: string;
  readonly path: string;
  /** The path of Fastify's route, where it is not `path`. */
  readonly route?: string;
  /** The receiver and the route are in a plugin that is registered with this prefix. */
  readonly prefix?: string;
  readonly mount: (app: FastifyInstance, receivers: BridgeReceivers) => Promise<unknown>;
  readonly others?: readonly OtherRoute[];
}

interface BridgeReceivers {
  readonly plain: () => RequestHandler;
  readonly route: () => RequestHandler;
}

const positions: readonly BridgePosition[] = [
  {
    name: "@fastify/middie, use(path, route form)",
    path: "/customers/acme/heron",
    route: "/customers/:customer/heron",
    async mount(app, { route }) {
      await app.register(fastifyMiddie);
      app.use("/customers", route());
    },
  },
  {
    name: "@fastify/middie, use(path, plain form), by mistake",
    path: "/hooks/heron/x",
    async mount(app, { plain }) {
      await app.register(fastifyMiddie);
      app.use("/hooks/heron", plain());
    },
  },
  ...[PATH, "/other/heron"].map((path) => ({
    name: `@fastify/middie, use(plain form), by mistake, at ${path}`,
    path,
    others: getRejectedRoutes(""),
    async mount(app: FastifyInstance, { plain }: BridgeReceivers) {
      await app.register(fastifyMiddie);
      app.use(plain());
    },
  })),
  {
    name: "@fastify/middie of a plugin with a prefix, plain form, by mistake",
    path: "/hooks/heron",
    route: "/heron",
    prefix: "/hooks",
    async mount(app, { plain }) {
      await app.register(fastifyMiddie);
      app.use(plain());
    },
  },
  {
    name: "@fastify/express, use(plain form)",
    path: PATH,
    async mount(app, { plain }) {
      await app.register(fastifyExpress);
      app.use(plain());
    },
  },
  {
    name: "@fastify/express, use(path, plain form)",
    path: "/hooks/heron/x",
    async mount(app, { plain }) {
      await app.register(fastifyExpress);
      app.use("/hooks/heron", plain());
    },
  },
];

for (const { name, path, route = path, prefix, mount, others = OTHER_ROUTES } of positions)
  for (const form of ["with handlers", "without handlers"] as const)
    testStack({
      name: `Fastify, ${name}, ${form}`,
      path,
      arrivesAt: form === "with handlers" ? "handler" : "route behind",
      others,
      spellings: [path.toUpperCase(), `${path}/`, `${path}?x=1`],
      async open() {
        const recorder = new Recorder();
        const options = {
          secret: SECRET,
          logger: false,
          ...(form === "with handlers" ? { on: { "**": createRecordingHandler(recorder) } } : {}),
        } as const;
        const app = fastify();
        const register = async (scope: FastifyInstance): Promise<void> => {
          await mount(scope, {
            plain: () => heronWebhook(options),
            route: () => heronWebhook.route(options),
          });
          scope.all(route, async (request, reply) => {
            recorder.note("route behind", request);
            return reply.code(Number(getHeader(request, FAIL_HEADER) ?? 200)).send({ behind: true });
          });
        };
        await (prefix === undefined ? register(app) : app.register(register, { prefix }));
        app.get("/other", async () => "well");
        app.post("/other", async ({ body }) => body);
        const port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
        return {
          send: (request) => deliver(port, request),
          arrivals: async () => recorder.arrivals,
          close: () => app.close(),
        };
      },
    });
