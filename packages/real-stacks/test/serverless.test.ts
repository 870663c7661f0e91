import { configure as serverlessExpress } from "@codegenie/serverless-express";
import awsLambdaFastify from "@fastify/aws-lambda";
import { ServerlessAdapter } from "@h4ad/serverless-adapter";
import { AlbAdapter, ApiGatewayV1Adapter, ApiGatewayV2Adapter } from "@h4ad/serverless-adapter/adapters/aws";
import { ExpressFramework } from "@h4ad/serverless-adapter/frameworks/express";
import { DefaultHandler } from "@h4ad/serverless-adapter/handlers/default";
import { PromiseResolver } from "@h4ad/serverless-adapter/resolvers/promise";
import { SECRET } from "@heron-webhooks/conformance";
import { isLong } from "@heron-webhooks/conformance/runs";
import { heronWebhook } from "@heron-webhooks/fastify";
import express5, { type Express } from "express";
import express4 from "express-4";
import { fastify } from "fastify";
import serverlessHttp from "serverless-http";
import {
  buildExpress,
  createExpressCases,
  createExpressRow,
  type ExpressCase,
} from "../src/express/application.ts";
import type { ExpressVersion } from "../src/express/positions.ts";
import { JSON_BEHIND } from "../src/express/surroundings.ts";
import { createRecordingHandler, Recorder } from "../src/recorder.ts";
import type { Answer, StackRequest } from "../src/requests.ts";
import { EVENT_SHAPES, type EventShape } from "../src/serverless/lambda-events.ts";
import { ALL_SIZES, type StackRow, testStack } from "../src/suite.ts";

const H4AD = "@h4ad/serverless-adapter";

type Invoke = (event: object) => Promise<unknown>;

/** Each takes an Express application and gives the function that AWS would call. */
const adapters: Readonly<Record<string, (app: Express) => Invoke>> = {
  "@codegenie/serverless-express": (app) => {
    const invoke = serverlessExpress({ app });
    return (event) => invoke(event, {} as never, () => {}) as Promise<unknown>;
  },
  "serverless-http": (app) => {
    const invoke = serverlessHttp(app);
    return (event) => invoke(event, {});
  },
  [H4AD]: (app) => {
    const invoke = ServerlessAdapter.new(app)
      .setFramework(new ExpressFramework())
      .setHandler(new DefaultHandler())
      .setResolver(new PromiseResolver())
      .addAdapter(new ApiGatewayV1Adapter())
      .addAdapter(new ApiGatewayV2Adapter())
      .addAdapter(new AlbAdapter())
      .build();
    return (event) => invoke(event, {}, () => {}) as Promise<unknown>;
  },
};

const versions = [
  ["Express 5", express5],
  ["Express 4", express4],
] as const satisfies [ExpressVersion, typeof express5][];

/** In one `app.use`: what an adapter does with a request is the same wherever the receiver stands. */
const cases = createExpressCases().filter(
  ({ position, surrounding }) => position.name === "app.use" && surrounding.everywhere === true,
);
const shapes = EVENT_SHAPES;
/** An adapter hands a body over whole. */
const withoutSocket: Pick<StackRow, "deliveries" | "sizes"> = {
  deliveries: ["in one packet"],
  sizes: isLong ? ALL_SIZES : [0, 64 * 1024],
};

/** One adapter keeps the case of names for REST, in which Express's parsers find no content type: the bytes stay in `request.body`. */
function asAdapted(adapter: string, shape: EventShape, expressCase: ExpressCase): ExpressCase {
  const { surrounding } = expressCase;
  const keepsBytes = adapter === H4AD && shape.name.includes("REST");
  return keepsBytes && surrounding.name === JSON_BEHIND.name
    ? { ...expressCase, surrounding: { ...surrounding, body: "bytes" } }
    : expressCase;
}

async function invoke(handle: Invoke, { toEvent }: EventShape, request: StackRequest): Promise<Answer> {
  const { statusCode, body, isBase64Encoded } = (await handle(toEvent(request))) as {
    readonly statusCode: number;
    readonly body: string;
    readonly isBase64Encoded?: boolean;
  };
  return {
    status: statusCode,
    body: isBase64Encoded === true ? Buffer.from(body, "base64").toString() : body,
  };
}

for (const [adapter, toInvoke] of Object.entries(adapters))
  for (const [version, express] of versions)
    for (const shape of version === "Express 5" || isLong
      ? shapes
      : shapes.filter(({ hasLength }) => !hasLength))
      for (const given of cases) {
        const expressCase = asAdapted(adapter, shape, given);
        testStack({
          ...createExpressRow(`${adapter}, ${version}, ${shape.name}`, expressCase, async () => {
            const { app, recorder, close } = await buildExpress(expressCase, express, version);
            return {
              send: (request) => invoke(toInvoke(app), shape, request),
              arrivals: async () => recorder.arrivals,
              close,
            };
          }),
          ...withoutSocket,
        });
      }

for (const shape of shapes)
  testStack({
    name: `@fastify/aws-lambda, ${shape.name}`,
    arrivesAt: "handler",
    ...withoutSocket,
    open: async () => {
      const recorder = new Recorder();
      const app = fastify();
      await app.register(heronWebhook, {
        secret: SECRET,
        logger: false,
        on: { "**": createRecordingHandler(recorder) },
      });
      app.get("/other", async () => "well");
      app.post("/other", async ({ body }) => body);
      const handle = awsLambdaFastify(app);
      return {
        send: (request) => invoke((event) => handle(event, {} as never), shape, request),
        arrivals: async () => recorder.arrivals,
        close: () => app.close(),
      };
    },
  });
