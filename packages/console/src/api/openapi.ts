import type { JsonSchema } from "@heron-webhooks/core";
import { HEAP_PATHS } from "./openapi-heap.ts";
import type { AnswerDescription, Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { HEAP_SCHEMAS } from "./schemas/heap.ts";
import { ref, SCHEMAS } from "./schemas.ts";

const PROBLEM = ref("Problem");
const JSON_TYPE = "application/json";

/** What any operation may answer. */
const ANY: Readonly<Record<number, AnswerDescription>> = {
  400: { description: "Something of the request is wrong: `errors` says which fields.", schema: PROBLEM },
  401: {
    description: "Nobody is let in by this: a key is missing or wrong, or a session has ended.",
    schema: PROBLEM,
  },
  403: { description: "It is not for this account, or came from another site's page.", schema: PROBLEM },
  429: { description: "Too many requests: `x-ratelimit-reset` says when to go on.", schema: PROBLEM },
  503: { description: "The store cannot be used for now.", schema: PROBLEM },
};

const ACCOUNT = {
  name: "account",
  in: "query",
  description: "For administrators: the account to act for. Default: their own.",
  schema: { type: "string", maxLength: 255 },
};

const KEY = {
  name: "idempotency-key",
  in: "header",
  description: "The same key again gives the same answer, and does nothing more, for a day.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

/** The OpenAPI 3.1 document of the HTTP API. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function openApiDocument({ heap }: { readonly heap: boolean }): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = `/api${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: described(operation) };
  }
  Object.assign(paths, OTHERS, heap ? HEAP_PATHS : {});
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
const OTHERS = {
  "/api/session": {
    get: {
      operationId: "getSession",
      tags: ["page"],
      summary: "Who asks",
      responses: {
        200: answerOf({
          description: "The account, whether it may administer all, and what is on here.",
          schema: ref("Session"),
        }),
        401: answerOf(ANY[401] as AnswerDescription),
      },
    },
    post: {
      operationId: "openSession",
      tags: ["page"],
      summary: "Comes in by a link, once",
      security: [],
      requestBody: { required: true, content: { [JSON_TYPE]: { schema: ref("LinkKey") } } },
      responses: {
        200: answerOf({ description: "A cookie is set.", schema: ref("Session") }),
        400: answerOf(ANY[400] as AnswerDescription),
        401: answerOf(ANY[401] as AnswerDescription),
      },
    },
    delete: {
      operationId: "closeSession",
      tags: ["page"],
      summary: "Goes out",
      security: [],
      responses: {
        204: answerOf({ description: "The cookie is gone.", schema: null }),
        403: answerOf(ANY[403] as AnswerDescription),
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
        401: answerOf(ANY[401] as AnswerDescription),
        429: answerOf(ANY[429] as AnswerDescription),
      },
    },
  },
};

function described(operation: Operation): object {
  const { name, tag, summary, description, query = [], body, answers, path, method } = operation;
  const isWrite = method !== "get";
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [
      ...(path.includes("{id}") ? [idParameter] : []),
      ...query.map((parameter) => ({ ...parameter, in: "query" })),
      ACCOUNT,
      ...(isWrite ? [KEY] : []),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [JSON_TYPE]: { schema: body } } } }),
    responses: Object.fromEntries(
      Object.entries({ ...ANY, ...(body === undefined ? {} : TOO_LARGE), ...answers }).map(
        ([status, answer]) => [status, answerOf(answer)],
      ),
    ),
  };
}

const TOO_LARGE: Readonly<Record<number, AnswerDescription>> = {
  413: { description: "The body is larger than 512 KiB.", schema: PROBLEM },
  415: { description: "The body is not JSON.", schema: PROBLEM },
};

const idParameter = {
  name: "id",
  in: "path",
  required: true,
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function answerOf({ description, schema }: AnswerDescription): object {
  return schema === null ? { description } : { description, content: { [JSON_TYPE]: { schema } } };
}
