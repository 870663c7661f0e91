import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SqlClient } from "../src/database.ts";
import { ServerClock } from "../src/server-clock.ts";

const SERVER_TIME = Date.UTC(2026, 0, 1);

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A server whose response takes this long and has the time at its end. */
const createServer = (latencyMs: number): SqlClient => ({
  query: async () => {
    vi.advanceTimersByTime(latencyMs);
    return { rows: [{ now: SERVER_TIME + performance.now() }] };
  },
});

function aheadMs(clock: ServerClock): number {
  return clock.now() - Math.round(SERVER_TIME + performance.now());
}

test("the time of a fast response is used, and a slow response is followed by another query", async () => {
  const clock = new ServerClock();
  await clock.sync(createServer(0));
  expect([clock.isStale, aheadMs(clock)]).toEqual([false, 0]);
  await clock.sync(createServer(1001));
  // The error of the time is up to half of the round trip, 500 ms, so it is not used.
  expect([clock.isStale, aheadMs(clock)]).toEqual([true, 0]);
  await clock.sync(createServer(1000));
  expect([clock.isStale, aheadMs(clock)]).toEqual([false, 500]);
  vi.advanceTimersByTime(9000);
  expect(clock.isStale).toBe(false);
  vi.advanceTimersByTime(1);
  expect(clock.isStale).toBe(true);
});
