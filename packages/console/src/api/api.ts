import { type Clock, HeronError } from "@heron-webhooks/core";
import type { Sender } from "@heron-webhooks/sender";
import { type Context, Hono } from "hono";
import type { Access } from "../access/access.ts";
import type { HeapApi } from "../heap/heap-api.ts";
import type { Streams } from "../live/streams.ts";
import { type AdmissionContext, admitted } from "./admission.ts";
import { heapRoutes } from "./heap-routes.ts";
import { Idempotency } from "./idempotency.ts";
import { openApiDocument } from "./openapi.ts";
import type { Answer, Call } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { Problem, problemOf } from "./problem.ts";
import { RateLimit } from "./rate-limit.ts";
import { readJson } from "./read-json.ts";
import { sessionRoutes } from "./session.ts";
import { checkBody, queryOf } from "./validation.ts";

export interface ApiContext extends AdmissionContext {
  readonly sender: Sender;
  readonly streams: Streams;
  readonly clock: Pick<Clock, "now">;
  /** Requests of an account in a minute. */
  readonly rateLimit: number;
  /** Null if Heap's clients may not write here. */
  readonly heap: HeapApi | null;
}

/** The HTTP API, of its operations: each is let in, counted, looked at, done, and answered. */
export function api(context: ApiContext): Hono {
  const { sender, clock, logger } = context;
  const limit = new RateLimit(context.rateLimit);
  const idempotency = new Idempotency();
  const app = new Hono();
  const document = JSON.stringify(openApiDocument({ heap: context.heap !== null }));

  app.use(async (c, next) => {
    await next();
    c.res.headers.set("x-content-type-options", "nosniff");
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "private, no-cache");
  });
  app.get("/openapi.json", (c) => c.body(document, 200, { "content-type": "application/json" }));
  sessionRoutes(app, context);
  if (context.heap !== null) heapRoutes(app, context.heap);
  app.get("/events", async (c) => {
    const access = await admitted(c.req.raw, context);
    return context.streams.open(accountOf(c, access), c.req.raw.signal);
  });
  for (const operation of OPERATIONS)
    app.on(operation.method.toUpperCase(), operation.path.replace("{id}", ":id"), async (c) => {
      const access = await admitted(c.req.raw, context);
      const now = clock.now();
      const { isOver, headers } = limit.take(access.account, now);
      for (const [name, value] of Object.entries(headers)) c.header(name, value);
      if (isOver) throw new Problem(429, `${context.rateLimit} per 1 minute`);
      if (operation.isForAdmin === true && access.admin !== true)
        throw new Problem(403, "This is for administrators.");
      const account = accountOf(c, access);
      const query = queryOf(operation.query ?? [], c.req.query());
      const { bytes, value } = await readJson(c.req.raw, operation.body);
      if (operation.body !== undefined) checkBody(operation.body, value);
      const id = decoded(c.req.param("id") ?? "");
      const call: Call = {
        access,
        sender: sender.for(account),
        everybody: sender,
        id,
        query,
        body: value,
        now,
        revoked: (key) => context.heap?.revoked(key),
      };
      const key = operation.method === "get" ? undefined : c.req.header("idempotency-key");
      const answer =
        key === undefined
          ? await operation.run(call)
          : await idempotency.once(
              { account, key },
              [operation.name, id, JSON.stringify(query), bytes],
              now,
              () => operation.run(call),
            );
      return respond(c, answer);
    });
  app.all("*", (c) => refuse(c, notFound(c)));
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem?.status === 503)
      logger.warn({ err: error }, "heron-webhooks: a request was refused with 503");
    if (problem !== null) return refuse(c, problem);
    const id = crypto.randomUUID();
    logger.error({ err: error, id }, "heron-webhooks: the console failed");
    return refuse(c, new Problem(500, `Something failed here, and was logged as ${id}.`));
  });
  return app;
}

/** @throws Problem 403 */
function accountOf(c: Context, { account, admin = false }: Access): string {
  const asked = c.req.query("account");
  if (asked === undefined || asked === account) return account;
  if (!admin) throw new Problem(403, "Only an administrator may act for another account.");
  return asked;
}

function notFound(c: Context): Problem {
  const pattern = (path: string): RegExp => new RegExp(`^/${path.slice(1).replace("{id}", "[^/]+")}$`);
  const path = c.req.path.replace(/^.*?\/api(?=\/|$)/, "");
  const allowed = OPERATIONS.filter((operation) => pattern(operation.path).test(path)).map(({ method }) =>
    method.toUpperCase(),
  );
  if (allowed.length === 0) return new Problem(404, "There is nothing at this path: see api/openapi.json.");
  return new Problem(405, `This path takes ${allowed.join(", ")}.`, {
    headers: { allow: allowed.join(", ") },
  });
}

/** @throws HeronError `option_invalid` where a path is no text */
function decoded(id: string): string {
  if (id.isWellFormed()) return id;
  throw new HeronError("option_invalid", "The path is not valid UTF-8.");
}

function respond(c: Context, { status, body, headers = {} }: Answer): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  if (body === undefined) return c.body(null, status as 204);
  return c.body(JSON.stringify(body), status as 200, { "content-type": "application/json" });
}

function refuse(c: Context, problem: Problem): Response {
  return respond(c, { status: problem.status, body: problem, headers: problem.headers });
}
