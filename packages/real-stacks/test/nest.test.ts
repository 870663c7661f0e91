import "reflect-metadata";
import { SECRET } from "@heron-webhooks/conformance";
import { createReceiver, nodeRequest } from "@heron-webhooks/core/receiver";
import { heronWebhook } from "@heron-webhooks/express";
import heronFastify from "@heron-webhooks/fastify";
import {
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Post,
  Req,
  RequestMethod,
  Res,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { createRecordingHandler, getHeader, Recorder, type Spot } from "../src/recorder.ts";
import { deliver, FAIL_HEADER } from "../src/requests.ts";
import { getRejectedRoutes, testStack } from "../src/suite.ts";

/** Express's response or Fastify's reply. */
interface AnyReply {
  status(status: number): { send(body: unknown): unknown };
}

type AnyRequest = Parameters<typeof nodeRequest>[0];

interface NestCase {
  readonly name: string;
  readonly path?: string;
  readonly arrivesAt: Spot;
  readonly platforms: readonly ("Express" | "Fastify")[];
  readonly rawBody: readonly boolean[];
  /** Where Nest's own parser comes first: without the bytes that `rawBody` keeps, all is refused. */
  readonly needsRawBody?: "Express" | "both";
  /** For Express it is in a route of every path, where it verifies every request: only events pass. */
  readonly refusesOthers?: boolean;
  readonly main?: (app: INestApplication, options: Options) => void;
  readonly configure?: (consumer: MiddlewareConsumer, options: Options) => void;
  /** The controller calls a receiver by itself. */
  readonly controllerReceives?: boolean;
}

interface Options {
  /** With handlers, and without. */
  readonly handling: { readonly secret: string; readonly logger: false; readonly on: object };
  readonly verifying: { readonly secret: string; readonly logger: false };
}

const CUSTOMER = "customers/:customer/heron";
const CUSTOMER_PATH = "/customers/acme/heron";
const both = [true, false] as const;

const cases: readonly NestCase[] = [
  {
    name: "app.use in main.ts, with handlers",
    arrivesAt: "handler",
    platforms: ["Express"],
    rawBody: both,
    main: (app, { handling }) => app.use(heronWebhook(handling)),
  },
  {
    name: "app.use in main.ts, without handlers",
    arrivesAt: "route behind",
    platforms: ["Express"],
    rawBody: both,
    main: (app, { verifying }) => app.use(heronWebhook(verifying)),
  },
  {
    name: "the Fastify plugin in main.ts",
    arrivesAt: "handler",
    path: "/hooks/in",
    platforms: ["Fastify"],
    rawBody: both,
    main: (app, { handling }) => {
      void (app as NestFastifyApplication).register(
        heronFastify as never,
        {
          ...handling,
          path: "/hooks/in",
        } as never,
      );
    },
  },
  {
    name: "consumer.apply(route form with handlers).forRoutes(path and method)",
    path: CUSTOMER_PATH,
    arrivesAt: "handler",
    platforms: ["Express", "Fastify"],
    // In Express, Nest's own parser comes first; in Fastify it comes later.
    rawBody: both,
    needsRawBody: "Express",
    configure: (consumer, { handling }) => {
      consumer.apply(heronWebhook.route(handling)).forRoutes({ path: CUSTOMER, method: RequestMethod.POST });
    },
  },
  {
    name: "consumer.apply(route form without handlers).forRoutes(path and method)",
    path: CUSTOMER_PATH,
    arrivesAt: "route behind",
    platforms: ["Express"],
    rawBody: both,
    needsRawBody: "Express",
    configure: (consumer, { verifying }) => {
      consumer.apply(heronWebhook.route(verifying)).forRoutes({ path: CUSTOMER, method: RequestMethod.POST });
    },
  },
  {
    name: "consumer.apply(plain form with handlers).forRoutes(path and method), by mistake",
    path: CUSTOMER_PATH,
    arrivesAt: "handler",
    platforms: ["Express"],
    rawBody: both,
    needsRawBody: "Express",
    configure: (consumer, { handling }) => {
      consumer.apply(heronWebhook(handling)).forRoutes({ path: CUSTOMER, method: RequestMethod.POST });
    },
  },
  {
    name: "consumer.apply(plain form with handlers).forRoutes(*path)",
    refusesOthers: true,
    arrivesAt: "handler",
    platforms: ["Express"],
    rawBody: both,
    needsRawBody: "Express",
    configure: (consumer, { handling }) => {
      consumer.apply(heronWebhook(handling)).forRoutes("*path");
    },
  },
  {
    name: "consumer.apply(plain form without handlers).forRoutes(*path)",
    refusesOthers: true,
    arrivesAt: "route behind",
    platforms: ["Express"],
    rawBody: both,
    needsRawBody: "Express",
    configure: (consumer, { verifying }) => {
      consumer.apply(heronWebhook(verifying)).forRoutes("*path");
    },
  },
  {
    name: "createReceiver in a controller",
    arrivesAt: "handler",
    path: "/receives",
    platforms: ["Express", "Fastify"],
    rawBody: both,
    needsRawBody: "both",
    controllerReceives: true,
  },
];

for (const nestCase of cases)
  for (const platform of nestCase.platforms)
    for (const rawBody of nestCase.rawBody)
      testStack({
        name: `Nest 11, ${platform}, ${rawBody ? "rawBody, " : ""}${nestCase.name}`,
        arrivesAt: nestCase.arrivesAt,
        refusesAll: !rawBody && ["both", platform].includes(nestCase.needsRawBody ?? "neither"),
        ...(nestCase.refusesOthers === true ? { others: getRejectedRoutes("") } : {}),
        ...(nestCase.path === undefined ? {} : { path: nestCase.path }),
        open: async () => {
          const recorder = new Recorder();
          const app = await createApp(nestCase, platform, rawBody, recorder);
          await app.listen(0, "127.0.0.1");
          const port = Number(new URL(await app.getUrl()).port);
          return {
            send: (request) => deliver(port, request),
            arrivals: async () => recorder.arrivals,
            close: () => app.close(),
          };
        },
      });

async function createApp(
  { main, configure, controllerReceives = false }: NestCase,
  platform: "Express" | "Fastify",
  rawBody: boolean,
  recorder: Recorder,
): Promise<INestApplication> {
  const verifying = { secret: SECRET, logger: false } as const;
  const options: Options = {
    verifying,
    handling: { ...verifying, on: { "**": createRecordingHandler(recorder) } },
  };

  const receiver = createReceiver<Record<string, unknown>>(options.handling);
  class Receiving {
    async receive(request: AnyRequest, response: AnyReply): Promise<void> {
      const { status, body } = await receiver.receive(nodeRequest(request));
      response.status(status).send(body);
    }
  }
  Controller()(Receiving);
  decorate(Receiving.prototype, "receive", Post("receives"));

  class Behind {
    behind(request: object, response: AnyReply): void {
      recorder.note("route behind", request);
      response.status(Number(getHeader(request, FAIL_HEADER) ?? 200)).send({ behind: true });
    }
  }
  Controller()(Behind);
  decorate(Behind.prototype, "behind", Post(["webhooks/heron", CUSTOMER]));

  class Others {
    get(_request: unknown, response: AnyReply): void {
      response.status(200).send("well");
    }
    post(request: object, response: AnyReply): void {
      response.status(200).send(Reflect.get(request, "body"));
    }
  }
  Controller()(Others);
  decorate(Others.prototype, "get", Get("other"));
  decorate(Others.prototype, "post", Post("other"));

  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      configure?.(consumer, options);
    }
  }
  Module({ controllers: controllerReceives ? [Receiving, Others] : [Behind, Others] })(AppModule);

  const settings = { rawBody, logger: false } as const;
  const app = await (platform === "Express"
    ? NestFactory.create(AppModule, new ExpressAdapter(), settings)
    : NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), settings));
  main?.(app, options);
  return app;
}

/** Decorators by hand, since types are stripped and decorators are not compiled: a method with the request and the response. */
function decorate(prototype: object, method: string, route: MethodDecorator): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (descriptor === undefined) throw new Error(`There is no method ${method}.`);
  route(prototype, method, descriptor);
  Req()(prototype, method, 0);
  Res()(prototype, method, 1);
}
