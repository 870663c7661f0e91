import { test } from "vitest";
import { CapturingLogger } from "../capturing-logger.ts";
import { deferred } from "../deferred.ts";
import { sendRequest, type TestRequest, type TestResponse } from "../http.ts";
import { ObservableClock } from "../observable-clock.ts";
import { SECRET } from "../signed-request.ts";
import type { AdapterUnderTest, OpenServer, TestEvent, TestReceiverOptions } from "../types.ts";

/** A server opened for one law, and what became visible of it. */
export class TestServer implements AsyncDisposable {
  readonly server: OpenServer;
  readonly logger: CapturingLogger;
  readonly clock: ObservableClock;
  /** Events that the default handler was given. */
  readonly handled: readonly TestEvent[];

  constructor(
    server: OpenServer,
    logger: CapturingLogger,
    clock: ObservableClock,
    handled: readonly TestEvent[],
  ) {
    this.server = server;
    this.logger = logger;
    this.clock = clock;
    this.handled = handled;
  }

  readonly send = (sent: TestRequest): Promise<TestResponse> => sendRequest(this.server.port, sent);

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

export type AdapterTest = (what: string, body: (open: OpenTestServer) => Promise<void>) => void;
export type OpenTestServer = (options?: TestReceiverOptions) => Promise<TestServer>;

/** A test that may open servers, each with `SECRET`, a clock that stands still and a handler that takes note. */
export function createAdapterTest(adapter: AdapterUnderTest): AdapterTest {
  return (what, body) =>
    test(what, async () => {
      // Not an AsyncDisposableStack, which Node 20 and 22 do not have.
      const servers: TestServer[] = [];
      try {
        await body(async (options = {}) => {
          const handled: TestEvent[] = [];
          const logger = new CapturingLogger();
          const clock = new ObservableClock(adapter.manualClock());
          const on = { "**": (event: TestEvent) => void handled.push(event) };
          const server = await adapter.open({ secret: SECRET, on, logger, clock, ...options });
          const opened = new TestServer(server, logger, clock, handled);
          servers.push(opened);
          return opened;
        });
      } finally {
        for (const opened of servers.reverse()) await opened[Symbol.asyncDispose]();
      }
    });
}

/** A promise to be settled by hand. */
export function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = deferred();
  return { opened: promise, open: resolve };
}
