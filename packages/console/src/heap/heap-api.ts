import { type Clock, HeronError, type Logger } from "@heron-webhooks/core";
import type { PostResponse } from "@heron-webhooks/core/internal";
import { assertUserProperties, type Sender, type WriteKey } from "@heron-webhooks/sender";
import { Problem, toProblem } from "../api/problem.ts";
import { HeapRateLimits, type LimitResult } from "./heap-rate-limits.ts";
import {
  type HeapRequest,
  parseTrackRequest,
  parseUsersRequest,
  toItemPointer,
  toTrackInput,
  toUserId,
  type UserReference,
} from "./heap-request.ts";
import { WriteKeyCache } from "./write-key-cache.ts";

export interface HeapApiContext {
  readonly sender: Sender;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "now">;
  readonly hasRateLimits: boolean;
}

/** Heap's server-side API on raw bytes, because creating a web request would cost more than handling it. */
export interface HeapApi {
  /** Handles `track` and `add_user_properties`; returns null for other paths. */
  post(path: string, body: Uint8Array): Promise<PostResponse> | null;
  /** Removes a revoked write key from the cache. */
  onWriteKeyRevoked(id: string): void;
}

type Handler = (bytes: Uint8Array) => Promise<LimitResult & { readonly accepted: number }>;

/** Source: Heap, "Track" and "Add User Properties" (server-side API). */
export function createHeapApi(context: HeapApiContext): HeapApi {
  const { sender, clock, hasRateLimits } = context;
  const writeKeys = new WriteKeyCache(sender.writeKeys);
  const rateLimits = new HeapRateLimits();
  const authenticate = async (request: HeapRequest<UserReference>) => {
    const now = clock.now();
    const writeKey =
      writeKeys.getCached(request.writeKey, now) ?? (await writeKeys.find(request.writeKey, now));
    if (writeKey === null) throw new Problem(401, "app_id is not a valid write key.");
    const limit = hasRateLimits
      ? takeFromLimits(rateLimits, writeKey, request, now)
      : { isOver: false, headers: {} };
    if (limit.isOver)
      throw new Problem(429, "Rate limit exceeded for this user or write key.", {
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
        "error" in result ? [{ pointer: toItemPointer(request, i), message: result.error.message }] : [],
      );
      if (errors.length > 0)
        throw new Problem(
          409,
          `${errors.length} of ${published.length} events were rejected: ${errors[0]?.message}`,
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

async function runHandler(
  handler: Handler,
  body: Uint8Array,
  { logger }: HeapApiContext,
): Promise<PostResponse> {
  try {
    const { accepted, headers } = await handler(body);
    return {
      status: 200,
      headers: { "content-type": "application/json", ...COMMON_HEADERS, ...headers },
      body: `{"accepted":${accepted}}`,
    };
  } catch (error) {
    const problem = toProblem(error);
    if (problem?.status === 503) logger.warn({ err: error }, "console: request rejected with 503");
    if (problem !== null) return toErrorResponse(problem);
    const errorId = crypto.randomUUID();
    logger.error({ err: error, errorId }, "console: request failed");
    return toErrorResponse(new Problem(500, `Internal error. Quote this id when you report it: ${errorId}.`));
  }
}

/** Error messages can contain names from the request, so browsers must not render them as HTML. */
const COMMON_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** Plain text, because Heap's clients put the body into the error that they throw. */
function toErrorResponse({ status, message, errors, headers }: Problem): PostResponse {
  const lines = errors.map((error) => `${error.pointer === "" ? "/" : error.pointer} ${error.message}`);
  const isIncluded = lines.some((line) => message.startsWith(line));
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...COMMON_HEADERS, ...headers },
    body: [...(isIncluded ? [] : [message]), ...lines].join("\n"),
  };
}

function takeFromLimits(
  limits: HeapRateLimits,
  { id }: WriteKey,
  request: HeapRequest<UserReference>,
  now: number,
): LimitResult {
  const users = request.items.map(toUserId);
  return request.pointer === ""
    ? limits.takeSingle(id, users[0] as string, now)
    : limits.takeBulk(id, users, now);
}

/** Adds the position in the request to an error of the sender. */
function withPointer(error: unknown, request: HeapRequest<UserReference>, itemIndex?: number): unknown {
  if (!HeronError.is(error)) return error;
  const problem = toProblem(error);
  if (problem?.status !== 400) return error;
  const index = itemIndex ?? (error.cause as { readonly index?: number } | undefined)?.index ?? 0;
  const fieldPointer = findFieldPointer(error, request.items[index]);
  const pointer = `${toItemPointer(request, index)}${fieldPointer}`;
  const errors = [{ pointer, message: error.message }];
  return new Problem(400, `${pointer} ${error.message}`.trim(), { reason: error.code, errors });
}

function findFieldPointer({ code, message }: HeronError, item: UserReference | undefined): string {
  if (code === "properties_invalid" && item !== undefined && !hasValidUser(item)) return "/identity";
  if (code === "properties_invalid" || code === "schema_mismatch") return "/properties";
  // The event's `created` is the request's `timestamp`.
  if (code === "invalid_event" && message.includes("created")) return "/timestamp";
  return "";
}

function hasValidUser(item: UserReference): boolean {
  try {
    assertUserProperties(toUserId(item), {});
    return true;
  } catch {
    return false;
  }
}
