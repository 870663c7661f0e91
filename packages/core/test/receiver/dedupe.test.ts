import { testDedupeStore } from "@heron-webhooks/conformance";
import { describe, expect, test } from "vitest";
import { type DedupeStore, memoryDedupe, type Reservation } from "../../src/receiver/dedupe.ts";
import { manualClock } from "../../src/testing.ts";
import { catchHeronError } from "../test-receiver.ts";

testDedupeStore("memoryDedupe", () => {
  const clock = manualClock();
  return { store: memoryDedupe({ clock }), advance: (ms) => clock.advance(ms) };
});

const LEASE = 1000;
const TTL = 60_000;

function reserveToken(store: DedupeStore, key: string): string {
  const reservation = store.reserve(key, LEASE) as Reservation;
  if (reservation === "done" || "busy" in reservation) throw new Error(`${key} was not free`);
  return reservation.token;
}

function handle(store: DedupeStore, key: string, ttl: number = TTL): void {
  void store.complete(key, reserveToken(store, key), ttl);
}

describe("max", () => {
  test("the oldest handled are forgotten first when there are more", () => {
    const store = memoryDedupe({ max: 3 });
    for (const key of ["a", "b", "c", "d"]) handle(store, key);
    const answers = ["b", "c", "d"].map((key) => store.reserve(key, LEASE));
    expect(answers).toEqual(["done", "done", "done"]);
    expect(store.reserve("a", LEASE)).toEqual({ token: expect.any(String) });
  });

  test("exactly as many are kept as it says", () => {
    const store = memoryDedupe({ max: 3 });
    for (const key of ["a", "b", "c"]) handle(store, key);
    expect(store.reserve("a", LEASE)).toBe("done");
  });

  test("an event being handled is never forgotten, however many come after it", () => {
    const store = memoryDedupe({ max: 1 });
    const tokens = ["a", "b", "c"].map((key) => reserveToken(store, key));
    for (let i = 0; i < 100; i++) handle(store, `other ${i}`);
    for (const key of ["a", "b", "c"])
      expect(store.reserve(key, LEASE)).toEqual({ busy: expect.any(Number) });
    void store.complete("b", tokens[1] as string, TTL);
    expect(store.reserve("b", LEASE)).toBe("done");
  });

  test("one handled again counts from then", async () => {
    const clock = manualClock();
    const store = memoryDedupe({ max: 2, clock });
    handle(store, "a", 10);
    handle(store, "b");
    await clock.advance(10);
    handle(store, "a");
    handle(store, "c");
    expect(store.reserve("a", LEASE)).toBe("done");
    expect(store.reserve("b", LEASE)).toEqual({ token: expect.any(String) });
  });

  test("one handled again is not forgotten with its first time", async () => {
    const clock = manualClock();
    const store = memoryDedupe({ max: 3, clock });
    handle(store, "a", 10);
    await clock.advance(10);
    for (const key of ["a", "b", "c"]) handle(store, key);
    for (const key of ["a", "b", "c"]) expect(store.reserve(key, LEASE)).toBe("done");
  });

  test("is 100,000 unless given", () => {
    const store = memoryDedupe();
    for (let i = 0; i < 100_000; i++) handle(store, `${i}`);
    expect(store.reserve("0", LEASE)).toBe("done");
    handle(store, "one more");
    expect(store.reserve("0", LEASE)).toEqual({ token: expect.any(String) });
    expect(store.reserve("1", LEASE)).toBe("done");
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", null])("%s is option_invalid", (max) => {
    // @ts-expect-error what JavaScript may give
    const { code, message } = catchHeronError(() => memoryDedupe({ max }));
    expect([code, message]).toEqual(["option_invalid", "max must be a whole number from 1."]);
  });

  test("1 will do", () => {
    const store = memoryDedupe({ max: 1 });
    handle(store, "a");
    expect(store.reserve("a", LEASE)).toBe("done");
  });
});

test("expired keys make room before others, even while there is room", async () => {
  const clock = manualClock();
  const store = memoryDedupe({ max: 3, clock });
  handle(store, "old 1", 10);
  handle(store, "old 2", 10);
  handle(store, "young");
  await clock.advance(10);
  for (const key of ["a", "b"]) handle(store, key);
  for (const key of ["young", "a", "b"]) expect(store.reserve(key, LEASE)).toBe("done");
});

test("without a clock of its own, time is the system's", () => {
  const store = memoryDedupe();
  handle(store, "a", 0);
  expect(store.reserve("a", 60 * LEASE)).toEqual({ token: expect.any(String) });
  const { busy } = store.reserve("a", LEASE) as { readonly busy: number };
  expect(busy).toBeGreaterThan(0);
  expect(busy).toBeLessThanOrEqual(60 * LEASE);
});
