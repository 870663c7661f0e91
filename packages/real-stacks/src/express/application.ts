import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SECRET } from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import type { ErrorRequestHandler, Express, RequestHandler } from "express";
import { createRecordingHandler, Recorder } from "../recorder.ts";
import { deliver } from "../requests.ts";
import { ALL_SIZES, type OpenStack, OTHER_ROUTES, type StackRow } from "../suite.ts";
import { type ExpressModule, type ExpressVersion, POSITIONS, type Position } from "./positions.ts";
import { createRouteBehind, type DescribedBody, describeBody } from "./route-behind.ts";
import { SURROUNDINGS, type Surrounding } from "./surroundings.ts";
import { startUpstream } from "./upstream.ts";

/** With `on` the receiver responds; without, the handler behind it does. */
type Form = "with handlers" | "without handlers";

/** One Express application of the table. */
export interface ExpressCase {
  readonly name: string;
  readonly position: Position;
  readonly surrounding: Surrounding;
  readonly form: Form;
  readonly sizes: readonly number[];
}

/**
 * Every position alone and with `express.json()` behind it, and the two main positions with all surroundings.
 * `long` has the whole product, and all sizes in the two main positions.
 */
export function createExpressCases({ long = false }: { readonly long?: boolean } = {}): ExpressCase[] {
  const pairs = POSITIONS.flatMap((position) =>
    SURROUNDINGS.filter(({ everywhere }) => long || position.main === true || everywhere === true).map(
      (surrounding) => [position, surrounding] as const,
    ),
  );
  return pairs.flatMap(([position, surrounding]) =>
    (["with handlers", "without handlers"] as const)
      .filter((form) => form === "without handlers" || surrounding.behindAlone !== true)
      .map((form) => ({
        name: `${position.name}, ${form}, ${surrounding.name}`,
        position,
        surrounding,
        form,
        sizes:
          (long && position.main === true) || (position === POSITIONS[0] && surrounding.allSizes === true)
            ? ALL_SIZES
            : [],
      })),
  );
}

/** Converts a case to a row of the suite, opened in this process or in another. */
export function createExpressRow(
  stack: string,
  expressCase: ExpressCase,
  open: (expressCase: ExpressCase) => Promise<OpenStack>,
): StackRow {
  const { name, position, surrounding, form, sizes } = expressCase;
  return {
    name: `${stack}, ${name}`,
    path: position.path,
    arrivesAt: form === "with handlers" ? "handler" : "route behind",
    refusesAll: surrounding.refusesAll ?? false,
    sizes,
    ...(sizes.length === 0
      ? {}
      : { deliveries: ["in one packet", "in two packets", "chunked", "byte by byte"] as const }),
    spellings: getEquivalentPaths(position.path),
    others: [...(position.others ?? OTHER_ROUTES), ...(surrounding.others ?? [])],
    open: () => open(expressCase),
    ...(form === "with handlers"
      ? {}
      : {
          answer: ({ body: text }, { body }) => {
            const found = JSON.parse(text) as { readonly event: unknown; readonly body: DescribedBody };
            if (found.event !== "end_user.processed")
              throw new Error(`The route behind had no event: ${text}`);
            const { body: kind } = surrounding;
            if (kind === undefined) return;
            const { sha } = describeBody(body);
            if (found.body.kind !== kind || found.body.sha !== sha)
              throw new Error(
                `The route behind found another body than ${kind} with the hash ${sha}: ${text}`,
              );
          },
        }),
  };
}

function getEquivalentPaths(path: string): string[] {
  const last = path.lastIndexOf("/") + 1;
  const escaped = `%${path.charCodeAt(last).toString(16)}`;
  return [
    path.toUpperCase(),
    `${path}/`,
    `${path}?x=1`,
    path.replaceAll("/", "//"),
    `${path.slice(0, last)}./${path.slice(last)}`,
    path.slice(0, last) + escaped + path.slice(last + 1),
  ];
}

/** Builds the application. `close` closes its upstream server. */
export async function buildExpress(
  { position, surrounding, form }: Pick<ExpressCase, "position" | "surrounding" | "form">,
  express: ExpressModule,
  version: ExpressVersion,
): Promise<{ readonly app: Express; readonly recorder: Recorder; close(): Promise<void> }> {
  const recorder = new Recorder();
  const upstream = await startUpstream(recorder);
  const app = express();
  const { front, between, routeReads = false } = surrounding;
  for (const middleware of front?.(express, upstream.pipe) ?? []) app.use(middleware);
  position.mount(app, {
    express,
    version,
    ...receivers(recorder, form),
    between: between?.(express, upstream.pipe) ?? [],
    behind: createRouteBehind(recorder, { reads: routeReads }),
  });
  app.get("/other", (_request, response) => {
    response.send("well");
  });
  const echo: RequestHandler = ({ body }, response) => {
    response.send(Buffer.isBuffer(body) ? body.toString() : body);
  };
  app.post("/other", express.json(), echo);
  const failed: ErrorRequestHandler = (error: Error, _request, response, _next) => {
    response.status(Reflect.get(error, "status") ?? 500).json({ passedOn: error.message });
  };
  app.use(failed);
  return { app, recorder, close: upstream.close };
}

/** Listens on a free loopback port. */
export async function listenExpress(
  expressCase: ExpressCase,
  express: ExpressModule,
  version: ExpressVersion,
): Promise<{ readonly port: number; readonly recorder: Recorder; close(): Promise<void> }> {
  const { app, recorder, close } = await buildExpress(expressCase, express, version);
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    recorder,
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all([once(server, "close"), close()]);
    },
  };
}

/** Opens a case in this process. */
export async function openExpress(
  expressCase: ExpressCase,
  express: ExpressModule,
  version: ExpressVersion,
): Promise<OpenStack> {
  const { port, recorder, close } = await listenExpress(expressCase, express, version);
  return {
    send: (request) => deliver(port, request),
    arrivals: async () => recorder.arrivals,
    close,
  };
}

function receivers(
  recorder: Recorder,
  form: Form,
): {
  readonly plain: (options?: { readonly path: string }) => RequestHandler;
  readonly route: () => RequestHandler;
} {
  const options = {
    secret: SECRET,
    logger: false,
    ...(form === "with handlers" ? { on: { "**": createRecordingHandler(recorder) } } : {}),
  } as const;
  return {
    plain: (given = undefined) => heronWebhook({ ...options, ...given }),
    route: () => heronWebhook.route(options),
  };
}
