import { type Clock, consoleLogger, HeronError, type Logger, systemClock } from "@heron-webhooks/core";
import type { Sender } from "@heron-webhooks/sender";
import { Hono } from "hono";
import type { Authorize } from "./access/access.ts";
import { api } from "./api/api.ts";
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
  /** Ends what is still open, so that a server can close. */
  close(): void;
}

const NAMES: Readonly<Record<keyof ConsoleOptions, true>> = {
  authorize: true,
  frameAncestors: true,
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
  const streams = new Streams(sender, logger);
  const app = new Hono();
  app.route("/api", api({ sender, streams, authorize, logger, clock, rateLimit }));
  page(app, frameAncestors);
  return {
    fetch: async (request) => app.fetch(request),
    close: () => streams.close(),
  };
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
