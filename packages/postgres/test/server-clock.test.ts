import { setTimeout as after } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Queryable } from "../src/database.ts";
import { ServerClock } from "../src/server-clock.ts";

const SERVERS = Date.UTC(2026, 0, 1);

/** A server whose answer takes so long, at the moment of which it says the time. */
const server = (ms: number): Queryable => ({
  query: async () => {
    await after(ms);
    return { rows: [{ now: SERVERS + performance.now() }] };
  },
});

test("the server's time is taken from an answer that comes soon, and asked for again after one that does not", async () => {
  const clock = new ServerClock();
  await clock.ask(server(0));
  expect(clock.isStale).toBe(false);
  await clock.ask(server(1200));
  expect(clock.isStale).toBe(true);
  // By half of what it took, which is 600, it would be ahead.
  expect(clock.now() - (SERVERS + performance.now())).toBeLessThan(500);
  await clock.ask(server(0));
  expect(clock.isStale).toBe(false);
});
