import { type Clock, HeronError, type Logger } from "@heron-webhooks/core";
import { type PostResponse, systemClock } from "@heron-webhooks/core/internal";
import { consoleLogger } from "@heron-webhooks/core/receiver";
import type { Sender } from "@heron-webhooks/sender";
import { Hono } from "hono";
import type { Authorize } from "./access/access.ts";
import { createApi } from "./api/api.ts";
import { createHeapApi, type HeapApi, type HeapApiContext } from "./heap/heap-api.ts";
import { EventStreams } from "./live/event-streams.ts";
import { registerPage } from "./page/register-page.ts";

export interface ConsoleOptions {
  /**
   * Authenticates requests: {@link apiKey}, {@link signedLink} or your own function. With several, the first that returns
   * an access wins. Required.
   */
  readonly authorize: Authorize | readonly Authorize[];
  /** Origins that may embed the page in a frame, for example `https://app.example.com`. Default: none. */
  readonly frameAncestors?: readonly string[] | undefined;
  /**
   * Serves the Heap-compatible API, authenticated by write keys: `POST /api/track` and `/api/add_user_properties`.
   * Default false. Heap's own rate limits apply (30 requests per user in 30 seconds) unless `limits` is false.
   */
  readonly heapApi?: boolean | { readonly limits?: boolean | undefined } | undefined;
  /** Requests per account and minute. Default 600. */
  readonly rateLimit?: number | undefined;
  /** Default: errors and warnings on standard error. */
  readonly logger?: Logger | undefined;
  /** For tests. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** The console of a sender, as a handler of web-standard requests. */
export interface Console {
  /** Handles a request whose path is relative to the mount path. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Handles a request of the Heap-compatible API from its bytes; null for other paths, which `fetch` handles. Never rejects. */
  post(path: string, body: Uint8Array): Promise<PostResponse> | null;
  /** Closes open event streams, so that the server can close. */
  close(): void;
}

const OPTION_NAMES: Readonly<Record<keyof ConsoleOptions, true>> = {
  authorize: true,
  frameAncestors: true,
  heapApi: true,
  rateLimit: true,
  logger: true,
  clock: true,
};

/**
 * Creates the console of a sender: the page, and the HTTP API under `/api`.
 * @throws HeronError `option_invalid`
 */
export function createConsole(sender: Sender, options: ConsoleOptions): Console {
  const { logger = consoleLogger, clock = systemClock, rateLimit = 600, frameAncestors = [] } = options ?? {};
  for (const name of Object.keys(options ?? {}))
    if (!Object.hasOwn(OPTION_NAMES, name))
      throw new HeronError(
        "option_invalid",
        `Unknown option ${JSON.stringify(name)} in createConsole(). Valid options: ${Object.keys(OPTION_NAMES).join(", ")}.`,
      );
  if (typeof sender?.forAccount !== "function")
    throw new HeronError(
      "option_invalid",
      "createConsole() expects a sender from createSender() as its first argument.",
    );
  if (!Number.isInteger(rateLimit) || rateLimit < 1)
    throw new HeronError("option_invalid", "rateLimit must be an integer of at least 1.");
  if (!Array.isArray(frameAncestors) || !frameAncestors.every(isOrigin))
    throw new HeronError(
      "option_invalid",
      'frameAncestors must be an array of origins, for example ["https://app.example.com"].',
    );
  const authorizers = toAuthorizers(options?.authorize);
  const heapApi = resolveHeapApi(options.heapApi, { sender, logger, clock });
  const eventStreams = new EventStreams(sender, logger);
  const app = new Hono();
  app.route("/api", createApi({ sender, eventStreams, authorizers, logger, clock, rateLimit, heapApi }));
  registerPage(app, frameAncestors);
  return {
    fetch: async (request) => app.fetch(request),
    post: (path, body) => heapApi?.post(path, body) ?? null,
    close: () => eventStreams.close(),
  };
}

function resolveHeapApi(
  option: ConsoleOptions["heapApi"],
  context: Omit<HeapApiContext, "hasRateLimits">,
): HeapApi | null {
  const { limits = true, ...unknownKeys } = typeof option === "object" && option !== null ? option : {};
  const hasValidType = ["undefined", "boolean", "object"].includes(typeof option) && option !== null;
  if (!hasValidType || typeof limits !== "boolean" || Object.keys(unknownKeys).length > 0)
    throw new HeronError("option_invalid", "heapApi must be true, false or { limits: false }.");
  return option === undefined || option === false
    ? null
    : createHeapApi({ ...context, hasRateLimits: limits });
}

function isOrigin(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && new URL(value).origin === value;
}

function toAuthorizers(option: Authorize | readonly Authorize[] | undefined): readonly Authorize[] {
  const authorizers = typeof option === "function" ? [option] : option;
  if (
    Array.isArray(authorizers) &&
    authorizers.length > 0 &&
    authorizers.every((authorizer) => typeof authorizer === "function")
  )
    return authorizers;
  throw new HeronError(
    "option_invalid",
    'createConsole() requires the option "authorize": apiKey({ … }), signedLink({ secret }) or a function of the request.',
  );
}
