import { test } from "vitest";
import { CapturingLogger } from "../capturing-logger.ts";
import { deferred } from "../deferred.ts";
import { request, type SentRequest, type WireReply } from "../http.ts";
import { SECRET } from "../signed.ts";
import type { AdapterUnderTest, LawEvent, LawOptions, OpenServer } from "../types.ts";
import { WatchedClock } from "../watched-clock.ts";

/** A server opened for one law, and what became visible of it. */
export class Opened implements AsyncDisposable {
  readonly server: OpenServer;
  readonly logger: CapturingLogger;
  readonly clock: WatchedClock;
  /** Events that the default handler was given. */
  readonly handled: readonly LawEvent[];

  constructor(
    server: OpenServer,
    logger: CapturingLogger,
    clock: WatchedClock,
    handled: readonly LawEvent[],
  ) {
    this.server = server;
    this.logger = logger;
    this.clock = clock;
    this.handled = handled;
  }

  readonly send = (sent: SentRequest): Promise<WireReply> => request(this.server.port, sent);

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

export type Law = (what: string, body: (open: Open) => Promise<void>) => void;
export type Open = (options?: LawOptions) => Promise<Opened>;

/** A test that may open servers, each with `SECRET`, a clock that stands still and a handler that takes note. */
export function lawsOf(adapter: AdapterUnderTest): Law {
  return (what, body) =>
    test(what, async () => {
      // Not an AsyncDisposableStack, which Node 20 and 22 do not have.
      const servers: Opened[] = [];
      try {
        await body(async (options = {}) => {
          const handled: LawEvent[] = [];
          const logger = new CapturingLogger();
          const clock = new WatchedClock(adapter.manualClock());
          const on = { "**": (event: LawEvent) => void handled.push(event) };
          const server = await adapter.open({ secret: SECRET, on, logger, clock, ...options });
          const opened = new Opened(server, logger, clock, handled);
          servers.push(opened);
          return opened;
        });
      } finally {
        for (const opened of servers.reverse()) await opened[Symbol.asyncDispose]();
      }
    });
}

/** A promise to be settled by hand. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = deferred();
  return { opened: promise, open: resolve };
}
