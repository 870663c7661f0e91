import {
  type Clock,
  consoleLogger,
  HeronError,
  type Logger,
  type PostReply,
  systemClock,
} from "@heron-webhooks/core";
import type { Sender } from "@heron-webhooks/sender";
import { Hono } from "hono";
import type { Authorize } from "./access/access.ts";
import { api } from "./api/api.ts";
import { type HeapApi, type HeapContext, heapApi } from "./heap/heap-api.ts";
import { Streams } from "./live/streams.ts";
import { page } from "./page/page.ts";

export interface ConsoleOptions {
  /**
   * Who may come in, and for which account: {@link apiKey}, {@link signedLink}, or a function of your own. Of several, the
   * first that lets one in. There is no default: nobody comes in by themselves.
   */
  readonly authorize: Authorize | readonly Authorize[];
  /** Who may show the page in a frame, by origins such as `https://app.example.com`. Default: nobody. */
  readonly frameAncestors?: readonly string[] | undefined;
  /**
   * Whether Heap's server-side clients may write here, with write keys: `POST /api/track` and `/api/add_user_properties`.
   * Default false. Heap's own limits hold, 30 requests of a user in 30 seconds, unless `limits` is false.
   */
  readonly heap?: boolean | { readonly limits?: boolean | undefined } | undefined;
  /** How many requests of an account are answered in a minute. Default 600. */
  readonly rateLimit?: number | undefined;
  /** Default: errors and warnings on standard error. */
  readonly logger?: Logger | undefined;
  /** For tests. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** A console over a sender, as a handler of web-standard requests. */
export interface Console {
  /** Answers a request, whose path is counted from where the console is mounted. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Answers what Heap's clients post, from its bytes alone, and never rejects; null for all else, which is for `fetch`. */
  post(path: string, body: Uint8Array): Promise<PostReply> | null;
  /** Ends what is still open, so that a server can close. */
  close(): void;
}

const NAMES: Readonly<Record<keyof ConsoleOptions, true>> = {
  authorize: true,
  frameAncestors: true,
  heap: true,
  rateLimit: true,
  logger: true,
  clock: true,
};

/**
 * Makes the console of a sender: a page, and the HTTP API under `/api`.
 * @throws HeronError `option_invalid`
 */
export function createConsole(sender: Sender, options: ConsoleOptions): Console {
  const { logger = consoleLogger, clock = systemClock, rateLimit = 600, frameAncestors = [] } = options ?? {};
  for (const name of Object.keys(options ?? {}))
    if (!Object.hasOwn(NAMES, name))
      throw new HeronError("option_invalid", `createConsole has no option ${JSON.stringify(name)}.`);
  if (typeof sender?.for !== "function")
    throw new HeronError(
      "option_invalid",
      "createConsole takes a sender first, from createSender() of @heron-webhooks/sender.",
    );
  if (!Number.isInteger(rateLimit) || rateLimit < 1)
    throw new HeronError("option_invalid", "rateLimit must be a whole number of at least 1.");
  if (!Array.isArray(frameAncestors) || !frameAncestors.every(isOrigin))
    throw new HeronError(
      "option_invalid",
      'frameAncestors must be a list of origins, such as ["https://app.example.com"].',
    );
  const authorize = authorizersOf(options?.authorize);
  const heap = heapOf(options.heap, { sender, logger, clock });
  const streams = new Streams(sender, logger);
  const app = new Hono();
  app.route("/api", api({ sender, streams, authorize, logger, clock, rateLimit, heap }));
  page(app, frameAncestors);
  return {
    fetch: async (request) => app.fetch(request),
    post: (path, body) => heap?.post(path, body) ?? null,
    close: () => streams.close(),
  };
}

function heapOf(given: ConsoleOptions["heap"], parts: Omit<HeapContext, "isLimited">): HeapApi | null {
  const { limits = true, ...others } = typeof given === "object" && given !== null ? given : {};
  const isKnown = ["undefined", "boolean", "object"].includes(typeof given) && given !== null;
  if (!isKnown || typeof limits !== "boolean" || Object.keys(others).length > 0)
    throw new HeronError("option_invalid", "heap must be true, false, or { limits: false }.");
  return given === undefined || given === false ? null : heapApi({ ...parts, isLimited: limits });
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) && new URL(text).origin === text;
}

function authorizersOf(given: Authorize | readonly Authorize[] | undefined): readonly Authorize[] {
  const all = typeof given === "function" ? [given] : given;
  if (Array.isArray(all) && all.length > 0 && all.every((one) => typeof one === "function")) return all;
  throw new HeronError(
    "option_invalid",
    "createConsole needs authorize, since a console lets nobody in by itself: apiKey({ … }), signedLink({ secret }), or a function of the request.",
  );
}
