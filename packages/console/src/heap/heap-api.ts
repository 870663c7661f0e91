import { type Clock, HeronError, type Logger, type PostReply } from "@heron-webhooks/core";
import { checkUserProperties, type Sender, type WriteKey } from "@heron-webhooks/sender";
import { Problem, problemOf } from "../api/problem.ts";
import { HeapLimits, type Taken } from "./heap-limits.ts";
import { type HeapRequest, placeOf, trackInput, trackRequest, userOf, usersRequest } from "./heap-request.ts";
import { KnownKeys } from "./known-keys.ts";

export interface HeapContext {
  readonly sender: Sender;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "now">;
  /** Whether Heap's own limits hold. */
  readonly isLimited: boolean;
}

/** Heap's server-side API, from bytes to bytes: it needs no web request, which would cost more than all it does. */
export interface HeapApi {
  /** Answers what is posted to one of its paths, `track` and `add_user_properties`; null for any other. */
  post(path: string, body: Uint8Array): Promise<PostReply> | null;
  /** A write key was revoked. */
  revoked(id: string): void;
}

type Work = (bytes: Uint8Array) => Promise<Taken & { readonly accepted: number }>;

/** Source: Heap, "Track" and "Add User Properties" (server-side API). */
export function heapApi(context: HeapContext): HeapApi {
  const { sender, clock, isLimited } = context;
  const keys = new KnownKeys(sender.writeKeys);
  const limits = new HeapLimits();
  const admitted = async (request: HeapRequest<Parameters<typeof userOf>[0]>) => {
    const now = clock.now();
    const key = keys.known(request.key, now) ?? (await keys.find(request.key, now));
    if (key === null)
      throw new Problem(
        401,
        "app_id is no write key of this console's: make one in it, or with sender.writeKeys.create().",
      );
    const taken = isLimited ? takenBy(limits, key, request, now) : { isOver: false, headers: {} };
    if (taken.isOver)
      throw new Problem(429, "Too many for this user or key: Heap's limits hold.", {
        headers: taken.headers,
      });
    return { account: key.account, headers: taken.headers };
  };
  const works: Readonly<Record<string, Work>> = {
    async "/api/track"(bytes) {
      const request = trackRequest(bytes);
      const events = request.items.map(trackInput);
      const { account, headers } = await admitted(request);
      const published = await sender.trackAll(events, { account }).catch((error) => {
        throw pointed(error, request);
      });
      const errors = published.flatMap((one, i) =>
        "refused" in one ? [{ pointer: placeOf(request, i), message: one.refused.message }] : [],
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
      const request = usersRequest(bytes);
      for (const [i, item] of request.items.entries())
        try {
          checkUserProperties(userOf(item), item.properties);
        } catch (error) {
          throw pointed(error, request, i);
        }
      const { account, headers } = await admitted(request);
      for (const [i, item] of request.items.entries())
        await sender.users.addProperties(userOf(item), item.properties, { account }).catch((error) => {
          throw pointed(error, request, i);
        });
      return { accepted: request.items.length, isOver: false, headers };
    },
  };
  return {
    post(path, body) {
      const query = path.indexOf("?");
      const name = query === -1 ? path : path.slice(0, query);
      return Object.hasOwn(works, name) ? replied(works[name] as Work, body, context) : null;
    },
    revoked: (id) => keys.forget(id),
  };
}

async function replied(work: Work, body: Uint8Array, { logger }: HeapContext): Promise<PostReply> {
  try {
    const { accepted, headers } = await work(body);
    return {
      status: 200,
      headers: { "content-type": "application/json", ...ALL, ...headers },
      body: `{"accepted":${accepted}}`,
    };
  } catch (error) {
    const problem = problemOf(error);
    if (problem?.status === 503)
      logger.warn({ err: error }, "heron-webhooks: a request was refused with 503");
    if (problem !== null) return refusal(problem);
    const id = crypto.randomUUID();
    logger.error({ err: error, id }, "heron-webhooks: the console failed");
    return refusal(new Problem(500, `Something failed here, and was logged as ${id}.`));
  }
}

/** Of all answers. What is refused may be told with names that came in: nobody is to take it for a page. */
const ALL = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** As text: Heap's clients put the body into what they throw. */
function refusal({ status, message, errors, headers }: Problem): PostReply {
  const lines = errors.map((error) => `${error.pointer === "" ? "/" : error.pointer} ${error.message}`);
  const isSaid = lines.some((line) => message.startsWith(line));
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...ALL, ...headers },
    body: [...(isSaid ? [] : [message]), ...lines].join("\n"),
  };
}

function takenBy(
  limits: HeapLimits,
  { id }: WriteKey,
  request: HeapRequest<Parameters<typeof userOf>[0]>,
  now: number,
): Taken {
  const users = request.items.map(userOf);
  return request.pointer === "" ? limits.single(id, users[0] as string, now) : limits.bulk(id, users, now);
}

/** What the sender refuses, with where it is in the request. */
function pointed(error: unknown, request: HeapRequest<unknown>, place?: number): unknown {
  if (!HeronError.is(error)) return error;
  const problem = problemOf(error);
  if (problem?.status !== 400) return error;
  const index = place ?? (error.cause as { readonly index?: number } | undefined)?.index ?? 0;
  const field = fieldOf(error);
  const pointer = `${placeOf(request, index)}${field}`;
  const errors = [{ pointer, message: error.message }];
  return new Problem(400, `${pointer} ${error.message}`.trim(), { reason: error.code, errors });
}

function fieldOf({ code, message }: HeronError): string {
  if (code === "properties_invalid" && message.includes("a user is")) return "/identity";
  if (code === "properties_invalid" || code === "schema_mismatch") return "/properties";
  // What is called so there is what the event is made of.
  if (code === "invalid_event" && message.includes("created")) return "/timestamp";
  return "";
}
