import { describe, expect, test } from "vitest";
import { HeronError } from "../../src/errors.ts";
import type { DedupeStore } from "../../src/receiver/dedupe.ts";
import { Reporter } from "../../src/receiver/logger.ts";
import { type ActiveReservation, Reserver } from "../../src/receiver/reserver.ts";
import { type ManualClock, manualClock } from "../../src/testing.ts";
import { createRecordingLogger, deferred, type LogLine } from "../test-receiver.ts";

const TTL = 86_400_000;
const TIMEOUT = 9000;

interface SetUp {
  readonly reservations: Reserver;
  readonly clock: ManualClock;
  readonly lines: LogLine[];
  readonly calls: unknown[][];
}

/** Reservations in a store that notes its calls, and answers what it is given to answer. */
function setUp(answers: Partial<DedupeStore> = {}): SetUp {
  const clock = manualClock();
  const { logger, lines } = createRecordingLogger();
  const calls: unknown[][] = [];
  const store: DedupeStore = {
    reserve(key, leaseMs) {
      calls.push(["reserve", key, leaseMs]);
      return answers.reserve?.(key, leaseMs) ?? { token: "t1" };
    },
    complete(key, token, ttlMs) {
      calls.push(["complete", key, token, ttlMs]);
      return answers.complete?.(key, token, ttlMs);
    },
    release(key, token) {
      calls.push(["release", key, token]);
      return answers.release?.(key, token);
    },
  };
  const reporter = new Reporter("heron", logger, undefined);
  const reservations = new Reserver({ store, ttlMs: TTL, key: undefined }, TIMEOUT, clock, reporter);
  return { reservations, clock, lines, calls };
}

async function reserve(reservations: Reserver, name: string): Promise<ActiveReservation> {
  const reservation = await reservations.reserve(name);
  if (reservation === "done" || "busy" in reservation) throw new Error(`${name} was not free`);
  return reservation;
}

test("reserves for five times the time-out, completes for the ttl", async () => {
  const { reservations, calls, lines } = setUp();
  await (await reserve(reservations, "k")).complete();
  expect(calls).toEqual([
    ["reserve", "k", 45_000],
    ["complete", "k", "t1", TTL],
  ]);
  expect(lines).toEqual([]);
});

test("releases under the same key and token", async () => {
  const { reservations, calls } = setUp();
  await (await reserve(reservations, "k")).release();
  expect(calls[1]).toEqual(["release", "k", "t1"]);
});

test.each(["done", { busy: 17 }] as const)(
  "hands on that it is %j, at once or by a promise",
  async (answer) => {
    expect(await setUp({ reserve: () => answer }).reservations.reserve("k")).toEqual(answer);
    expect(await setUp({ reserve: async () => answer }).reservations.reserve("k")).toEqual(answer);
  },
);

describe("while one is being handled", () => {
  test("its key is busy for a second more, without asking the store", async () => {
    const { reservations, calls } = setUp();
    await reserve(reservations, "k");
    expect(await reservations.reserve("k")).toEqual({ busy: 1000 });
    expect(calls).toHaveLength(1);
    await reserve(reservations, "other");
  });

  test.each(["complete", "release"] as const)("until %s, even if the store then fails", async (what) => {
    const fails = async (): Promise<void> => {
      throw new Error("down");
    };
    const { reservations } = setUp({ [what]: fails });
    const held = await reserve(reservations, "k");
    await held[what]();
    await reserve(reservations, "k");
  });

  test("and it stays so until the store has answered", async () => {
    const answer = deferred();
    const { reservations } = setUp({ complete: () => answer.promise });
    const completing = (await reserve(reservations, "k")).complete();
    expect(await reservations.reserve("k")).toEqual({ busy: 1000 });
    answer.resolve();
    await completing;
    await reserve(reservations, "k");
  });
});

test("what is late for its lease leaves alone who reserved the event since", async () => {
  const { reservations } = setUp();
  const first = await reserve(reservations, "k");
  expect(await reservations.reserve("k")).toEqual({ busy: 1000 });
  first.expire();
  await reserve(reservations, "k");
  await first.release();
  expect(await reservations.reserve("k")).toEqual({ busy: 1000 });
});

describe("a store that cannot be reached when reserving is dedupe_unavailable", () => {
  const failure = async (act: () => unknown): Promise<HeronError> => {
    const error: unknown = await (async () => act())().catch((thrown: unknown) => thrown);
    if (!HeronError.is(error)) throw new Error("no failure");
    return error;
  };

  test.each([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
  ])("it %s", async (_, reserve) => {
    const error = await failure(() => setUp({ reserve }).reservations.reserve("k"));
    expect(error.code).toBe("dedupe_unavailable");
    expect(error.message).toBe(
      "The dedupe store failed or timed out; responded with 503 so that Heron retries.",
    );
    expect(error.cause).toEqual(new Error("down"));
  });

  test("it takes more than 2 s", async () => {
    const answer = deferred<{ token: string }>();
    const { reservations, clock } = setUp({ reserve: () => answer.promise });
    const failing = failure(() => reservations.reserve("k"));
    await clock.advance(2000);
    const error = await failing;
    expect([error.code, error.message]).toEqual([
      "dedupe_unavailable",
      "The dedupe store failed or timed out; responded with 503 so that Heron retries.",
    ]);
    expect(error.cause).toEqual(new Error("no result within 2000 ms"));
  });

  test("an answer just before is in time", async () => {
    const answer = deferred<{ token: string }>();
    const { reservations, clock } = setUp({ reserve: () => answer.promise });
    const reserving = reserve(reservations, "k");
    await clock.advance(1999);
    answer.resolve({ token: "t" });
    await reserving;
  });
});

describe.each(["complete", "release"] as const)("a store that fails to %s", (what) => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
  ])("%s: it is logged, and nothing is thrown", async (_, act) => {
    const { reservations, lines } = setUp({ [what]: act });
    await (await reserve(reservations, "k"))[what]();
    expect(lines).toEqual([
      {
        level: "error",
        details: { code: "dedupe_unavailable", err: new Error("down") },
        message: `heron-webhooks: the dedupe store could not ${what} an event; it may be handled again`,
      },
    ]);
  });

  test("in half a second: it is logged, and waited for no longer", async () => {
    const { reservations, lines, clock } = setUp({ [what]: () => new Promise(() => {}) });
    const telling = (await reserve(reservations, "k"))[what]();
    await clock.advance(499);
    expect(lines).toEqual([]);
    await clock.advance(1);
    await telling;
    expect(lines.map(({ details }) => details["err"])).toEqual([new Error("no result within 500 ms")]);
    await reserve(reservations, "k");
  });
});

test.each([{}, { busy: Number.NaN }, { busy: "5" }, { token: 5 }, { token: undefined }, "free", null])(
  "a store that answers %j is dedupe_unavailable",
  async (answered) => {
    // @ts-expect-error what JavaScript may give
    const { reservations } = setUp({ reserve: () => answered ?? { busy: undefined } });
    const error: unknown = await (async () => reservations.reserve("k"))().catch((thrown: unknown) => thrown);
    expect(HeronError.is(error, "dedupe_unavailable")).toBe(true);
  },
);

test("what a store reserves after it was given up is handed back, so that a retry gets through", async () => {
  const answer = deferred<{ token: string }>();
  const { reservations, clock, calls } = setUp({ reserve: () => answer.promise });
  const failing = (async () => reservations.reserve("k"))().catch(() => {});
  await clock.advance(2000);
  await failing;
  answer.resolve({ token: "late" });
  await clock.advance(0);
  expect(calls.at(-1)).toEqual(["release", "k", "late"]);
});

test.each([
  ["done", []],
  [{ busy: 5 }, []],
  [null, []],
  [{ token: "late" }, [new Error("down")]],
])(
  "what a store answers too late, %j, ends nothing, and what it fails at is logged",
  async (late, errors) => {
    const answer = deferred<never>();
    const release = () => {
      throw new Error("down");
    };
    const { reservations, clock, lines } = setUp({ reserve: () => answer.promise, release });
    const failing = (async () => reservations.reserve("k"))().catch(() => {});
    await clock.advance(2000);
    await failing;
    answer.resolve(late as never);
    await clock.advance(0);
    expect(lines.map(({ details }) => details["err"])).toEqual(errors);
  },
);
