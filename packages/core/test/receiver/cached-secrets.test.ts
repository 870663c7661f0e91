import { describe, expect, test } from "vitest";
import {
  type CachedSecretsOptions,
  cachedSecrets,
  type SecretFunction,
  type Secrets,
} from "../../src/receiver/secrets.ts";
import { type ManualClock, manualClock } from "../../src/testing.ts";
import {
  catchHeronError,
  createTestReceiver,
  deferred,
  parseResponse,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

interface SetUp {
  readonly find: SecretFunction<string>;
  readonly loads: string[];
  readonly clock: ManualClock;
}

/** A cache by the request itself, that notes what it looks up. */
function setUp(
  load: (key: string) => Secrets | null | Promise<Secrets | null> = (key) => `sec_${key}`,
  options: Partial<CachedSecretsOptions<string>> = {},
): SetUp {
  const loads: string[] = [];
  const clock = manualClock();
  const find = cachedSecrets<string>({
    key: (from) => from,
    load: (key) => {
      loads.push(key);
      return load(key);
    },
    clock,
    ...options,
  });
  return { find, loads, clock };
}

test("each key is looked up once and kept for a minute", async () => {
  const { find, loads, clock } = setUp();
  expect([await find("a"), await find("b"), await find("a")]).toEqual(["sec_a", "sec_b", "sec_a"]);
  await clock.advance(59_999);
  await find("a");
  expect(loads).toEqual(["a", "b"]);
  await clock.advance(1);
  await find("a");
  expect(loads).toEqual(["a", "b", "a"]);
});

test("being asked for does not keep it for longer", async () => {
  const { find, loads, clock } = setUp();
  for (let i = 0; i < 4; i++) {
    await find("a");
    await clock.advance(20_000);
  }
  expect(loads).toEqual(["a", "a"]);
});

test("ttl says for how long", async () => {
  const { find, loads, clock } = setUp(undefined, { ttl: "5s" });
  await find("a");
  await clock.advance(4999);
  await find("a");
  expect(loads).toHaveLength(1);
  await clock.advance(1);
  await find("a");
  expect(loads).toHaveLength(2);
});

test("the one unused for longest goes first when there are more than max", async () => {
  const { find, loads } = setUp(undefined, { max: 2 });
  for (const key of ["a", "b", "a", "c"]) await find(key);
  expect(loads).toEqual(["a", "b", "c"]);
  await find("a");
  await find("c");
  expect(loads).toEqual(["a", "b", "c"]);
  await find("b");
  expect(loads).toEqual(["a", "b", "c", "b"]);
});

test("1,000 are kept unless max says otherwise", async () => {
  const { find, loads } = setUp();
  for (let i = 0; i < 1000; i++) await find(`${i}`);
  await find("0");
  expect(loads).toHaveLength(1000);
  await find("one more");
  await find("0");
  expect(loads).toHaveLength(1001);
  await find("1");
  expect(loads).toHaveLength(1002);
});

test("of any number of requests for one key at a time, one looks it up", async () => {
  const loaded = deferred<string>();
  const { find, loads } = setUp(() => loaded.promise);
  const asked = Promise.all(Array.from({ length: 50 }, () => find("a")));
  loaded.resolve(SECRET);
  expect(new Set(await asked)).toEqual(new Set([SECRET]));
  expect(loads).toEqual(["a"]);
});

test("a null result is cached, too", async () => {
  const { find, loads } = setUp(() => null);
  expect([await find("a"), await find("a")]).toEqual([null, null]);
  expect(loads).toEqual(["a"]);
});

describe.each([
  [
    "throws",
    () => {
      throw new Error("down");
    },
  ],
  ["rejects", () => Promise.reject(new Error("down"))],
] as const)("a look-up that %s", (_, fails) => {
  test("fails for all who waited for it, and is not kept", async () => {
    let down = true;
    const { find, loads } = setUp((key) => (down ? fails() : `sec_${key}`));
    const waiting = [find("a"), find("a")].map(async (found) => found);
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(loads).toEqual(["a"]);
    down = false;
    expect(await find("a")).toBe("sec_a");
    expect(loads).toEqual(["a", "a"]);
  });
});

test("a failure that comes late does not throw out the answer of a newer look-up", async () => {
  const first = deferred<string>();
  const answers = [first.promise, Promise.resolve("sec_new"), Promise.resolve("sec_third")];
  const { find, loads, clock } = setUp(() => answers[loads.length - 1] as Promise<string>);
  const old = Promise.resolve(find("a"));
  await clock.advance(60_000);
  expect(await find("a")).toBe("sec_new");
  first.reject(new Error("late"));
  await expect(old).rejects.toThrow("late");
  expect(await find("a")).toBe("sec_new");
  expect(loads).toHaveLength(2);
});

test("a key function that throws is 503, not a crash", async () => {
  const secret = cachedSecrets({
    key: () => {
      throw new Error("no such parameter");
    },
    load: () => SECRET,
  });
  expect(parseResponse(await createTestReceiver({ secret }).receiver.receive(signedRequestFor()))).toEqual({
    status: 503,
    body: { error: "secret_unavailable" },
  });
});

test("it serves a receiver, and asks no more often than it must", async () => {
  const { find, loads, clock } = setUp(() => SECRET);
  const { receiver } = createTestReceiver({ secret: (source) => find(String(source)), clock, dedupe: false });
  for (let i = 0; i < 3; i++)
    expect((await receiver.receive(signedRequestFor(undefined, { source: "customer" }))).status).toBe(200);
  expect(loads).toEqual(["customer"]);
});

test.each([
  ["key", { key: undefined }, "cachedSecrets needs the function `key`."],
  ["load", { load: "x" }, "cachedSecrets needs the function `load`."],
  ["max", { max: 0 }, "max must be a whole number from 1."],
  ["max", { max: 1.5 }, "max must be a whole number from 1."],
  ["max", { max: "5" }, "max must be a whole number from 1."],
  ["ttl", { ttl: "soon" }, /^ttl must be a duration/],
  ["ttl", { ttl: 0 }, /^ttl must be a duration/],
])("a wrong %s is option_invalid and named", (_, wrong, says) => {
  const options = { key: () => "", load: () => SECRET, ...wrong };
  // @ts-expect-error what JavaScript may give
  const { code, message } = catchHeronError(() => cachedSecrets(options));
  expect(code).toBe("option_invalid");
  expect(message).toMatch(says);
});

test("without a clock of its own, time is the system's", async () => {
  let loads = 0;
  const find = cachedSecrets({ key: () => "a", load: () => String(++loads) });
  expect([await find(0), await find(0)]).toEqual(["1", "1"]);
});

test("a look-up that hangs is not kept: two seconds later it is made anew", async () => {
  let hangs = true;
  const { find, loads, clock } = setUp((key) => (hangs ? new Promise(() => {}) : `sec_${key}`));
  void find("a");
  await clock.advance(1999);
  void find("a");
  expect(loads).toHaveLength(1);
  hangs = false;
  await clock.advance(1);
  expect(await find("a")).toBe("sec_a");
  expect(loads).toHaveLength(2);
});
