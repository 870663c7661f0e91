import fastifyCompress from "@fastify/compress";
import fastifyExpress from "@fastify/express";
import fastifyFormbody from "@fastify/formbody";
import fastifyHelmet from "@fastify/helmet";
import fastifyMiddie from "@fastify/middie";
import fastifyMultipart from "@fastify/multipart";
import fastifyRateLimit from "@fastify/rate-limit";
import fastifySwagger from "@fastify/swagger";
import { PATH, SECRET } from "@heron-webhooks/conformance";
import { isLong } from "@heron-webhooks/conformance/runs";
import { createReceiver, nodeRequest, rawBody } from "@heron-webhooks/core/receiver";
import { heronWebhook } from "@heron-webhooks/fastify";
import express from "express";
import { type FastifyInstance, fastify } from "fastify";
import fastifyRawBody from "fastify-raw-body";
import { afterEach, describe, expect, test } from "vitest";
import { createRecordingHandler, Recorder } from "../src/recorder.ts";
import { deliver, forged, signed } from "../src/requests.ts";
import { ALL_SIZES, OTHER_ROUTES, type OtherRoute, testStack } from "../src/suite.ts";

/** What an application has besides the receiver. */
interface FastifySurrounding {
  readonly name: string;
  readonly register?: (app: FastifyInstance) => PromiseLike<unknown>;
  readonly refusesAll?: boolean;
  readonly allSizes?: boolean;
  readonly others?: readonly OtherRoute[];
}

/** Where the receiver stands; events go to `path`. */
interface FastifyPosition {
  readonly name: string;
  readonly path: string;
  /** Other spellings of `path`. Default: in capitals, with a slash and with a query. */
  readonly spellings?: readonly string[];
  readonly mount: (app: FastifyInstance, recorder: Recorder) => PromiseLike<unknown>;
}

const options = (recorder: Recorder) =>
  ({ secret: SECRET, logger: false, on: { "**": createRecordingHandler(recorder) } }) as const;

/** Express's parser reads the body of each route before Fastify could: Fastify waits for it in vain. */
const withoutBodies: readonly OtherRoute[] = OTHER_ROUTES.filter(({ name }) => name.startsWith("GET"));

const surroundings: readonly FastifySurrounding[] = [
  { name: "nothing around it", allSizes: true },
  {
    name: "@fastify/rate-limit",
    register: (app) => app.register(fastifyRateLimit, { max: 10_000, timeWindow: "1 minute" }),
  },
  { name: "@fastify/compress", register: (app) => app.register(fastifyCompress, { threshold: 0 }) },
  { name: "@fastify/swagger", register: (app) => app.register(fastifySwagger) },
  { name: "@fastify/helmet", register: (app) => app.register(fastifyHelmet) },
  {
    name: "@fastify/multipart and formbody",
    register: async (app) => {
      await app.register(fastifyMultipart);
      await app.register(fastifyFormbody);
    },
  },
  {
    name: "fastify-raw-body of every route, before parsing",
    register: (app) => app.register(fastifyRawBody, { global: true, runFirst: true, encoding: false }),
  },
  {
    name: "a parser of its own for JSON",
    register: async (app) => {
      app.removeContentTypeParser("application/json");
      app.addContentTypeParser(
        "application/json",
        { parseAs: "buffer" },
        async (_request: unknown, body: Buffer) => JSON.parse(body.toString()),
      );
    },
  },
  {
    name: "@fastify/middie with express.json({ verify: rawBody })",
    register: async (app) => {
      await app.register(fastifyMiddie);
      app.use(express.json({ verify: rawBody, limit: "2mb" }));
    },
    others: withoutBodies,
  },
  {
    name: "@fastify/middie with express.json()",
    register: async (app) => {
      await app.register(fastifyMiddie);
      app.use(express.json({ limit: "2mb" }));
    },
    refusesAll: true,
    others: withoutBodies,
  },
  {
    name: "@fastify/express with express.json({ verify: rawBody })",
    register: async (app) => {
      await app.register(fastifyExpress);
      app.use(express.json({ verify: rawBody, limit: "2mb" }));
    },
    others: withoutBodies,
  },
];

const positions: readonly FastifyPosition[] = [
  {
    name: "registered for the application",
    path: PATH,
    mount: async (app, recorder) => app.register(heronWebhook, options(recorder)),
  },
  {
    name: "registered with a prefix",
    path: `/api${PATH}`,
    mount: async (app, recorder) => app.register(heronWebhook, { ...options(recorder), prefix: "/api" }),
  },
  {
    name: "registered with a parameter in its path",
    path: "/customers/acme/heron",
    mount: async (app, recorder) =>
      app.register(heronWebhook, { ...options(recorder), path: "/customers/:customer/heron" }),
  },
  {
    name: "registered in a plugin with a prefix, beside a wildcard route",
    path: `/api${PATH}`,
    // A path that Fastify's router takes for another one is the wildcard route's.
    spellings: [`/api${PATH}?x=1`],
    mount: async (app, recorder) =>
      app.register(
        async (scope) => {
          scope.all("/webhooks/*", async (request) => recorder.note("route behind", request));
          await scope.register(heronWebhook, options(recorder));
        },
        { prefix: "/api" },
      ),
  },
  {
    name: "createReceiver in an onRequest hook of a route",
    path: "/customers/acme/heron",
    mount: async (app, recorder) => {
      const receiver = createReceiver<Record<string, unknown>>(options(recorder));
      app.all("/customers/:customer/heron", {
        onRequest: async (request, reply) => {
          const { status, headers, body } = await receiver.receive(nodeRequest(request.raw));
          return reply.code(status).headers(headers).send(body);
        },
        handler: async (request) => {
          recorder.note("route behind", request);
        },
      });
    },
  },
];

for (const position of positions)
  for (const surrounding of surroundings)
    for (const order of ["before", "behind"] as const) {
      if (order === "behind" && surrounding.register === undefined) continue;
      // Middleware of Express runs in a hook of the routes that come after it.
      if (order === "behind" && surrounding.others !== undefined) continue;
      const { name, register, refusesAll = false, allSizes = false, others = OTHER_ROUTES } = surrounding;
      testStack({
        name: `Fastify, ${position.name}, ${name}${order === "behind" ? ", registered later" : ""}`,
        path: position.path,
        arrivesAt: "handler",
        refusesAll,
        others,
        sizes: allSizes || isLong ? ALL_SIZES : [],
        // A body that Express's parser has read keeps Fastify's own answer of 404 from being sent.
        spellings:
          others === withoutBodies
            ? []
            : (position.spellings ?? [
                `${position.path}/`,
                `${position.path}?x=1`,
                position.path.toUpperCase(),
              ]),
        open: async () => {
          const recorder = new Recorder();
          const app = fastify();
          if (order === "before") await register?.(app);
          await position.mount(app, recorder);
          if (order === "behind") await register?.(app);
          app.get("/other", async () => "well");
          app.post("/other", async ({ body }) => body);
          const port = await listen(app);
          return {
            send: (request) => deliver(port, request),
            arrivals: async () => recorder.arrivals,
            close: () => app.close(),
          };
        },
      });
    }

describe("what an application registers applies to the receiver's route", () => {
  let app: FastifyInstance;
  afterEach(() => app.close());

  test("forged events get 429 beyond the limit of @fastify/rate-limit", async () => {
    const recorder = new Recorder();
    app = fastify();
    await app.register(fastifyRateLimit, { max: 3, timeWindow: "1 hour" });
    await app.register(heronWebhook, options(recorder));
    const port = await listen(app);
    const statuses: number[] = [];
    for (let sent = 0; sent < 6; sent++) statuses.push((await deliver(port, forged(PATH))).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
    expect(recorder.arrivals).toEqual([]);
  });

  test("the receiver's route is not in the application's OpenAPI document", async () => {
    app = fastify();
    await app.register(fastifySwagger);
    await app.register(heronWebhook, options(new Recorder()));
    app.get("/other", async () => "well");
    await app.ready();
    expect(Object.keys(app.swagger().paths ?? {})).toEqual(["/other"]);
  });

  test("a response goes through @fastify/compress and @fastify/helmet", async () => {
    app = fastify();
    await app.register(fastifyCompress, { threshold: 0 });
    await app.register(fastifyHelmet);
    await app.register(heronWebhook, options(new Recorder()));
    const { headers, body, method } = signed(PATH);
    const response = await fetch(`http://127.0.0.1:${await listen(app)}${PATH}`, {
      method,
      headers,
      body: new Uint8Array(body),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-encoding")).not.toBeNull();
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toEqual({ ok: true });
  });
});

async function listen(app: FastifyInstance): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
}
