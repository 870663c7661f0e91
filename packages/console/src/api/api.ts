import { type Clock, HeronError } from "@heron-webhooks/core";
import type { Sender } from "@heron-webhooks/sender";
import { type Context, Hono } from "hono";
import type { Access } from "../access/access.ts";
import type { HeapApi } from "../heap/heap-api.ts";
import type { EventStreams } from "../live/event-streams.ts";
import { type AuthenticationContext, authenticate } from "./authenticate.ts";
import { registerHeapRoutes } from "./heap-routes.ts";
import { IdempotencyCache } from "./idempotency-cache.ts";
import { createOpenApiDocument } from "./openapi.ts";
import type { OperationContext, OperationResult } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { Problem, toProblem } from "./problem.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { readJson } from "./read-body.ts";
import { registerSessionRoutes } from "./session.ts";
import { assertBody, parseQuery } from "./validation.ts";

export interface ApiContext extends AuthenticationContext {
  readonly sender: Sender;
  readonly eventStreams: EventStreams;
  readonly clock: Pick<Clock, "now">;
  /** Requests per account and minute. */
  readonly rateLimit: number;
  /** Null if the Heap-compatible API is off. */
  readonly heapApi: HeapApi | null;
}

/** Creates the HTTP API. Each request is authenticated, rate-limited, validated and run. */
export function createApi(context: ApiContext): Hono {
  const { sender, clock, logger } = context;
  const rateLimiter = new RateLimiter(context.rateLimit);
  const idempotency = new IdempotencyCache();
  const app = new Hono();
  const openApiJson = JSON.stringify(createOpenApiDocument({ heapApi: context.heapApi !== null }));

  app.use(async (c, next) => {
    await next();
    c.res.headers.set("x-content-type-options", "nosniff");
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "private, no-cache");
  });
  app.get("/openapi.json", (c) => c.body(openApiJson, 200, { "content-type": "application/json" }));
  registerSessionRoutes(app, context);
  if (context.heapApi !== null) registerHeapRoutes(app, context.heapApi);
  app.get("/events", async (c) => {
    const access = await authenticate(c.req.raw, context);
    return context.eventStreams.open(resolveAccount(c, access), c.req.raw.signal);
  });
  for (const operation of OPERATIONS)
    app.on(operation.method.toUpperCase(), operation.path.replace("{id}", ":id"), async (c) => {
      const access = await authenticate(c.req.raw, context);
      const now = clock.now();
      const { isOver, headers } = rateLimiter.take(access.account, now);
      for (const [name, value] of Object.entries(headers)) c.header(name, value);
      if (isOver) throw new Problem(429, `Rate limit exceeded: ${context.rateLimit} requests per minute.`);
      if (operation.requiresAdmin === true && access.admin !== true)
        throw new Problem(403, "Administrator access required.");
      const account = resolveAccount(c, access);
      const query = parseQuery(operation.query ?? [], c.req.query());
      const { bytes, value } = await readJson(c.req.raw, operation.body);
      if (operation.body !== undefined) assertBody(operation.body, value);
      const id = assertWellFormedId(c.req.param("id") ?? "");
      const call: OperationContext = {
        access,
        sender: sender.forAccount(account),
        adminSender: sender,
        id,
        query,
        body: value,
        now,
        onWriteKeyRevoked: (key) => context.heapApi?.onWriteKeyRevoked(key),
      };
      const idempotencyKey = operation.method === "get" ? undefined : c.req.header("idempotency-key");
      const result =
        idempotencyKey === undefined
          ? await operation.run(call)
          : await idempotency.run(
              { account, key: idempotencyKey },
              [operation.operationId, id, JSON.stringify(query), bytes],
              now,
              () => operation.run(call),
            );
      return sendResult(c, result);
    });
  app.all("*", (c) => sendProblem(c, toNotFoundProblem(c)));
  app.onError((error, c) => {
    const problem = toProblem(error);
    if (problem?.status === 503) logger.warn({ err: error }, "console: request rejected with 503");
    if (problem !== null) return sendProblem(c, problem);
    const errorId = crypto.randomUUID();
    logger.error({ err: error, errorId }, "console: request failed");
    return sendProblem(c, new Problem(500, `Internal error. Quote this id when you report it: ${errorId}.`));
  });
  return app;
}

/** @throws Problem 403 */
function resolveAccount(c: Context, { account, admin = false }: Access): string {
  const requestedAccount = c.req.query("account");
  if (requestedAccount === undefined || requestedAccount === account) return account;
  if (!admin) throw new Problem(403, "Only administrators can access another account.");
  return requestedAccount;
}

function toNotFoundProblem(c: Context): Problem {
  const toPathPattern = (path: string): RegExp => new RegExp(`^/${path.slice(1).replace("{id}", "[^/]+")}$`);
  const path = c.req.path.replace(/^.*?\/api(?=\/|$)/, "");
  const allowedMethods = OPERATIONS.filter((operation) => toPathPattern(operation.path).test(path)).map(
    ({ method }) => method.toUpperCase(),
  );
  if (allowedMethods.length === 0)
    return new Problem(404, "Not found. See api/openapi.json for the available paths.");
  return new Problem(405, `Method not allowed. Allowed: ${allowedMethods.join(", ")}.`, {
    headers: { allow: allowedMethods.join(", ") },
  });
}

/** @throws HeronError `option_invalid` if the path is not valid UTF-8 */
function assertWellFormedId(id: string): string {
  if (id.isWellFormed()) return id;
  throw new HeronError("option_invalid", "The path is not valid UTF-8.");
}

function sendResult(c: Context, { status, body, headers = {} }: OperationResult): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  if (body === undefined) return c.body(null, status as 204);
  return c.body(JSON.stringify(body), status as 200, { "content-type": "application/json" });
}

function sendProblem(c: Context, problem: Problem): Response {
  return sendResult(c, { status: problem.status, body: problem, headers: problem.headers });
}
