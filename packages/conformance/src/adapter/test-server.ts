import { test } from "vitest";
import { CapturingLogger } from "../capturing-logger.ts";
import { deferred } from "../deferred.ts";
import { sendRequest, type TestRequest, type TestResponse } from "../http.ts";
import { ObservableClock } from "../observable-clock.ts";
import { SECRET } from "../signed-request.ts";
import type { AdapterUnderTest, OpenServer, TestEvent, TestReceiverOptions } from "../types.ts";

/** A server of one test, with its logs, clock and handled events. */
export class TestServer implements AsyncDisposable {
  readonly server: OpenServer;
  readonly logger: CapturingLogger;
  readonly clock: ObservableClock;
  /** Events passed to the default handler. */
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

/** A test that can open servers, each with `SECRET`, a manual clock and a recording handler. */
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

/** A promise that a test resolves. */
export function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = deferred();
  return { opened: promise, open: resolve };
}
