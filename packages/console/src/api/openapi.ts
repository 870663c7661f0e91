import type { JsonSchema } from "@heron-webhooks/core";
import { HEAP_PATHS } from "./openapi-heap.ts";
import type { Operation, ResponseDescription } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { HEAP_SCHEMAS } from "./schemas/heap.ts";
import { ref, SCHEMAS } from "./schemas.ts";

const PROBLEM_SCHEMA = ref("Problem");
const JSON_TYPE = "application/json";

/** Responses of every operation. */
const COMMON_RESPONSES: Readonly<Record<number, ResponseDescription>> = {
  400: { description: "Invalid request. `errors` lists the fields.", schema: PROBLEM_SCHEMA },
  401: {
    description: "Not authenticated: the key is missing or invalid, or the session has expired.",
    schema: PROBLEM_SCHEMA,
  },
  403: { description: "Not allowed for this account, or a cross-site request.", schema: PROBLEM_SCHEMA },
  429: { description: "Rate limit exceeded. See `x-ratelimit-reset`.", schema: PROBLEM_SCHEMA },
  503: { description: "The store is temporarily unavailable.", schema: PROBLEM_SCHEMA },
};

const ACCOUNT_PARAMETER = {
  name: "account",
  in: "query",
  description: "Administrators only: the account to access. Default: your own.",
  schema: { type: "string", maxLength: 255 },
};

const IDEMPOTENCY_KEY_PARAMETER = {
  name: "idempotency-key",
  in: "header",
  description: "Repeating a key within 24 hours returns the first response without repeating the operation.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

/** The OpenAPI 3.1 document of the HTTP API. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function createOpenApiDocument({ heapApi }: { readonly heapApi: boolean }): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = `/api${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: toOperationObject(operation) };
  }
  Object.assign(paths, PAGE_PATHS, heapApi ? HEAP_PATHS : {});
  return {
    openapi: "3.1.1",
    info: {
      title: "Heron Webhooks",
      version: "1",
      description: "Outgoing webhooks. Paths and fields follow Heron Data's API where it defines them.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "..", description: "Where the console is mounted." }],
    security: [{ key: [] }, { session: [] }],
    tags: [
      { name: "webhooks", description: "Endpoints that receive events." },
      { name: "labels", description: "Derived topics for events that match conditions." },
      { name: "write-keys", description: "Keys that can only send events and user properties." },
      ...(heapApi ? [{ name: "heap", description: "Heap-compatible server-side API." }] : []),
      { name: "deliveries", description: "Events sent to webhooks, with every attempt." },
      { name: "users", description: "Users that events refer to." },
      { name: "accounts", description: "Administration." },
      { name: "session", description: "Sessions of the web page." },
    ],
    paths,
    components: {
      schemas: heapApi ? { ...SCHEMAS, ...HEAP_SCHEMAS } : SCHEMAS,
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "x-api-key" },
        session: { type: "apiKey", in: "cookie", name: "heron" },
      },
    },
  };
}

/** Paths of the session and of the event stream, which are not operations on the sender. */
const PAGE_PATHS = {
  "/api/session": {
    get: {
      operationId: "getSession",
      tags: ["session"],
      summary: "Get the current session",
      responses: {
        200: toResponseObject({
          description: "The current session.",
          schema: ref("Session"),
        }),
        401: toResponseObject(COMMON_RESPONSES[401] as ResponseDescription),
      },
    },
    post: {
      operationId: "createSession",
      tags: ["session"],
      summary: "Sign in with a one-time link",
      security: [],
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: ref("CreateSessionRequest") } } },
      responses: {
        200: toResponseObject({ description: "Signed in; sets the session cookie.", schema: ref("Session") }),
        400: toResponseObject(COMMON_RESPONSES[400] as ResponseDescription),
        401: toResponseObject(COMMON_RESPONSES[401] as ResponseDescription),
      },
    },
    delete: {
      operationId: "deleteSession",
      tags: ["session"],
      summary: "Sign out",
      security: [],
      responses: {
        204: toResponseObject({ description: "Signed out.", schema: null }),
        403: toResponseObject(COMMON_RESPONSES[403] as ResponseDescription),
      },
    },
  },
  "/api/events": {
    get: {
      operationId: "streamDeliveries",
      tags: ["session"],
      summary: "Stream delivery changes as server-sent events",
      responses: {
        200: {
          description: "An event stream.",
          content: { "text/event-stream": { schema: { type: "string" } } },
        },
        401: toResponseObject(COMMON_RESPONSES[401] as ResponseDescription),
        429: toResponseObject(COMMON_RESPONSES[429] as ResponseDescription),
      },
    },
  },
};

function toOperationObject(operation: Operation): object {
  const { operationId, tag, summary, description, query = [], body, responses, path, method } = operation;
  const isWrite = method !== "get";
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [
      ...(path.includes("{id}") ? [ID_PARAMETER] : []),
      ...query.map((parameter) => ({ ...parameter, in: "query" })),
      ACCOUNT_PARAMETER,
      ...(isWrite ? [IDEMPOTENCY_KEY_PARAMETER] : []),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [JSON_TYPE]: { schema: body } } } }),
    responses: Object.fromEntries(
      Object.entries({
        ...COMMON_RESPONSES,
        ...(body === undefined ? {} : BODY_RESPONSES),
        ...responses,
      }).map(([status, response]) => [status, toResponseObject(response)]),
    ),
  };
}

const BODY_RESPONSES: Readonly<Record<number, ResponseDescription>> = {
  413: { description: "The body is larger than 512 KiB.", schema: PROBLEM_SCHEMA },
  415: { description: "The body is not JSON.", schema: PROBLEM_SCHEMA },
};

const ID_PARAMETER = {
  name: "id",
  in: "path",
  required: true,
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function toResponseObject({ description, schema }: ResponseDescription): object {
  return schema === null ? { description } : { description, content: { [JSON_TYPE]: { schema } } };
}
