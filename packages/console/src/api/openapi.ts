import type { JsonSchema } from "@heron-webhooks/core";
import { HEAP_PATHS } from "./openapi-heap.ts";
import type { ResponseDescription, Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { HEAP_SCHEMAS } from "./schemas/heap.ts";
import { ref, SCHEMAS } from "./schemas.ts";

const PROBLEM_SCHEMA = ref("Problem");
const JSON_TYPE = "application/json";

/** What any operation may answer. */
const COMMON_RESPONSES: Readonly<Record<number, ResponseDescription>> = {
  400: { description: "Something of the request is wrong: `errors` says which fields.", schema: PROBLEM_SCHEMA },
  401: {
    description: "Nobody is let in by this: a key is missing or wrong, or a session has ended.",
    schema: PROBLEM_SCHEMA,
  },
  403: { description: "It is not for this account, or came from another site's page.", schema: PROBLEM_SCHEMA },
  429: { description: "Too many requests: `x-ratelimit-reset` says when to go on.", schema: PROBLEM_SCHEMA },
  503: { description: "The store cannot be used for now.", schema: PROBLEM_SCHEMA },
};

const ACCOUNT_PARAMETER = {
  name: "account",
  in: "query",
  description: "For administrators: the account to act for. Default: their own.",
  schema: { type: "string", maxLength: 255 },
};

const IDEMPOTENCY_KEY_PARAMETER = {
  name: "idempotency-key",
  in: "header",
  description: "The same key again gives the same answer, and does nothing more, for a day.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

/** The OpenAPI 3.1 document of the HTTP API. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function createOpenApiDocument({ heap }: { readonly heap: boolean }): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = `/api${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: toOperationObject(operation) };
  }
  Object.assign(paths, PAGE_PATHS, heap ? HEAP_PATHS : {});
  return {
    openapi: "3.1.1",
    info: {
      title: "Heron Webhooks",
      version: "1",
      description:
        "Webhooks that an application offers its customers. Paths and fields are those of Heron Data's own API where it has them.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: ".", description: "Where the console is mounted." }],
    security: [{ key: [] }, { session: [] }],
    tags: [
      { name: "webhooks", description: "Standing orders: which events are posted where, and how." },
      { name: "labels", description: "Names for events, which make events of their own." },
      { name: "write keys", description: "What lets programs write events, and nothing else." },
      ...(heap ? [{ name: "heap", description: "What Heap's server-side clients post." }] : []),
      { name: "deliveries", description: "What became of events." },
      { name: "users", description: "Whom events are about." },
      { name: "accounts", description: "For administrators." },
      { name: "page", description: "What the console's own page begins with." },
    ],
    paths,
    components: {
      schemas: heap ? { ...SCHEMAS, ...HEAP_SCHEMAS } : SCHEMAS,
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "x-api-key" },
        session: { type: "apiKey", in: "cookie", name: "heron" },
      },
    },
  };
}

/** What is no operation on what the sender keeps. */
const PAGE_PATHS = {
  "/api/session": {
    get: {
      operationId: "getSession",
      tags: ["page"],
      summary: "Who asks",
      responses: {
        200: toResponseObject({
          description: "The account, whether it may administer all, and what is on here.",
          schema: ref("Session"),
        }),
        401: toResponseObject(COMMON_RESPONSES[401] as ResponseDescription),
      },
    },
    post: {
      operationId: "openSession",
      tags: ["page"],
      summary: "Comes in by a link, once",
      security: [],
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: ref("LinkKey") } } },
      responses: {
        200: toResponseObject({ description: "A cookie is set.", schema: ref("Session") }),
        400: toResponseObject(COMMON_RESPONSES[400] as ResponseDescription),
        401: toResponseObject(COMMON_RESPONSES[401] as ResponseDescription),
      },
    },
    delete: {
      operationId: "closeSession",
      tags: ["page"],
      summary: "Goes out",
      security: [],
      responses: {
        204: toResponseObject({ description: "The cookie is gone.", schema: null }),
        403: toResponseObject(COMMON_RESPONSES[403] as ResponseDescription),
      },
    },
  },
  "/api/events": {
    get: {
      operationId: "streamEvents",
      tags: ["page"],
      summary: "What happens to deliveries, as server-sent events: `delivery`, with a delivery as it is now",
      responses: {
        200: { description: "A stream.", content: { "text/event-stream": { schema: { type: "string" } } } },
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
      Object.entries({ ...COMMON_RESPONSES, ...(body === undefined ? {} : BODY_RESPONSES), ...responses }).map(
        ([status, answer]) => [status, toResponseObject(answer)],
      ),
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
