import { type Clock, HeronError, type Logger, type PostResponse } from "@heron-webhooks/core";
import { assertUserProperties, type Sender, type WriteKey } from "@heron-webhooks/sender";
import { Problem, toProblem } from "../api/problem.ts";
import { HeapRateLimits, type LimitResult } from "./heap-rate-limits.ts";
import { type HeapRequest, toItemPointer, toTrackInput, parseTrackRequest, toUserId, parseUsersRequest } from "./heap-request.ts";
import { WriteKeyCache } from "./write-key-cache.ts";

export interface HeapApiContext {
  readonly sender: Sender;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "now">;
  /** Whether Heap's own limits hold. */
  readonly hasRateLimits: boolean;
}

/** Heap's server-side API, from bytes to bytes: it needs no web request, which would cost more than all it does. */
export interface HeapApi {
  /** Answers what is posted to one of its paths, `track` and `add_user_properties`; null for any other. */
  post(path: string, body: Uint8Array): Promise<PostResponse> | null;
  /** A write key was revoked. */
  onWriteKeyRevoked(id: string): void;
}

type Handler = (bytes: Uint8Array) => Promise<LimitResult & { readonly accepted: number }>;

/** Source: Heap, "Track" and "Add User Properties" (server-side API). */
export function createHeapApi(context: HeapApiContext): HeapApi {
  const { sender, clock, hasRateLimits } = context;
  const writeKeys = new WriteKeyCache(sender.writeKeys);
  const rateLimits = new HeapRateLimits();
  const authenticate = async (request: HeapRequest<Parameters<typeof toUserId>[0]>) => {
    const now = clock.now();
    const writeKey = writeKeys.getCached(request.writeKey, now) ?? (await writeKeys.find(request.writeKey, now));
    if (writeKey === null)
      throw new Problem(
        401,
        "app_id is no write key of this console's: make one in it, or with sender.writeKeys.create().",
      );
    const limit = hasRateLimits ? takeFromLimits(rateLimits, writeKey, request, now) : { isOver: false, headers: {} };
    if (limit.isOver)
      throw new Problem(429, "Too many for this user or key: Heap's limits hold.", {
        headers: limit.headers,
      });
    return { account: writeKey.account, headers: limit.headers };
  };
  const handlers: Readonly<Record<string, Handler>> = {
    async "/api/track"(bytes) {
      const request = parseTrackRequest(bytes);
      const events = request.items.map(toTrackInput);
      const { account, headers } = await authenticate(request);
      const published = await sender.trackAll(events, { account }).catch((error) => {
        throw withPointer(error, request);
      });
      const errors = published.flatMap((result, i) =>
        "refused" in result ? [{ pointer: toItemPointer(request, i), message: result.error.message }] : [],
      );
      if (errors.length > 0)
        throw new Problem(
          409,
          `${errors.length} of ${published.length} events were not kept: ${errors[0]?.message}`,
          { errors },
        );
      return { accepted: published.length, isOver: false, headers };
    },
    async "/api/add_user_properties"(bytes) {
      const request = parseUsersRequest(bytes);
      for (const [i, item] of request.items.entries())
        try {
          assertUserProperties(toUserId(item), item.properties);
        } catch (error) {
          throw withPointer(error, request, i);
        }
      const { account, headers } = await authenticate(request);
      for (const [i, item] of request.items.entries())
        await sender.users.addProperties(toUserId(item), item.properties, { account }).catch((error) => {
          throw withPointer(error, request, i);
        });
      return { accepted: request.items.length, isOver: false, headers };
    },
  };
  return {
    post(path, body) {
      const query = path.indexOf("?");
      const name = query === -1 ? path : path.slice(0, query);
      return Object.hasOwn(handlers, name) ? runHandler(handlers[name] as Handler, body, context) : null;
    },
    onWriteKeyRevoked: (id) => writeKeys.evict(id),
  };
}

async function runHandler(handler: Handler, body: Uint8Array, { logger }: HeapApiContext): Promise<PostResponse> {
  try {
    const { accepted, headers } = await handler(body);
    return {
      status: 200,
      headers: { "content-type": "application/json", ...COMMON_HEADERS, ...headers },
      body: `{"accepted":${accepted}}`,
    };
  } catch (error) {
    const problem = toProblem(error);
    if (problem?.status === 503)
      logger.warn({ err: error }, "heron-webhooks: a request was refused with 503");
    if (problem !== null) return toErrorResponse(problem);
    const id = crypto.randomUUID();
    logger.error({ err: error, id }, "heron-webhooks: the console failed");
    return toErrorResponse(new Problem(500, `Something failed here, and was logged as ${id}.`));
  }
}

/** Of all answers. What is refused may be told with names that came in: nobody is to take it for a page. */
const COMMON_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** As text: Heap's clients put the body into what they throw. */
function toErrorResponse({ status, message, errors, headers }: Problem): PostResponse {
  const lines = errors.map((error) => `${error.pointer === "" ? "/" : error.pointer} ${error.message}`);
  const isInLines = lines.some((line) => message.startsWith(line));
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...COMMON_HEADERS, ...headers },
    body: [...(isInLines ? [] : [message]), ...lines].join("\n"),
  };
}

function takeFromLimits(
  limits: HeapRateLimits,
  { id }: WriteKey,
  request: HeapRequest<Parameters<typeof toUserId>[0]>,
  now: number,
): LimitResult {
  const users = request.items.map(toUserId);
  return request.pointer === "" ? limits.takeSingle(id, users[0] as string, now) : limits.takeBulk(id, users, now);
}

/** What the sender refuses, with where it is in the request. */
function withPointer(error: unknown, request: HeapRequest<unknown>, itemIndex?: number): unknown {
  if (!HeronError.is(error)) return error;
  const problem = toProblem(error);
  if (problem?.status !== 400) return error;
  const index = itemIndex ?? (error.cause as { readonly index?: number } | undefined)?.index ?? 0;
  const fieldPointer = findFieldPointer(error);
  const pointer = `${toItemPointer(request, index)}${fieldPointer}`;
  const errors = [{ pointer, message: error.message }];
  return new Problem(400, `${pointer} ${error.message}`.trim(), { reason: error.code, errors });
}

function findFieldPointer({ code, message }: HeronError): string {
  if (code === "properties_invalid" && message.includes("a user is")) return "/identity";
  if (code === "properties_invalid" || code === "schema_mismatch") return "/properties";
  // What is called so there is what the event is made of.
  if (code === "invalid_event" && message.includes("created")) return "/timestamp";
  return "";
}
