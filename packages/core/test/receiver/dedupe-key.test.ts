import { describe, expect, test } from "vitest";
import type { DedupeStore } from "../../src/receiver/dedupe.ts";
import type { ReceiverOptions } from "../../src/receiver/options.ts";
import { sign } from "../../src/signature/sign.ts";
import {
  bytes,
  createTestReceiver,
  EVENT,
  parseResponse,
  type RequestOverrides,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

/** The key under which a receiver reserves an event. */
async function getKey(
  event: object,
  options: ReceiverOptions = {},
  parts: RequestOverrides = {},
): Promise<string> {
  const keys: string[] = [];
  const store: DedupeStore = {
    reserve(key) {
      keys.push(key);
      return { token: "t" };
    },
    complete() {},
    release() {},
  };
  const dedupe = { ...(options.dedupe === undefined ? {} : options.dedupe), store };
  await createTestReceiver({ ...options, dedupe }).receiver.receive(signedRequestFor(event, parts));
  expect(keys).toHaveLength(1);
  return keys[0] as string;
}

const computeTestMac = (event: object, secret: string = SECRET): string =>
  sign(bytes(JSON.stringify(event)), secret);
const WITH_ID = { ...EVENT, id: "evt_1" };

describe("an event without an id", () => {
  test("is known by its MAC, in the receiver's name", async () => {
    expect(await getKey(EVENT)).toBe(`heron:mac:${computeTestMac(EVENT)}`);
    expect(await getKey(EVENT, { name: "crm" })).toBe(`crm:mac:${computeTestMac(EVENT)}`);
  });

  test("is the same in whatever spelling it came", async () => {
    const body = JSON.stringify(EVENT).replaceAll(":", ": ");
    const headers = { "heron-signature": computeTestMac(EVENT) };
    expect(await getKey(EVENT, {}, { body, headers })).toBe(await getKey(EVENT));
  });

  test("is another for every secret", async () => {
    const secret = (): string => "sec_other";
    expect(await getKey(EVENT, { secret }, { secret: "sec_other" })).toBe(
      `heron:mac:${computeTestMac(EVENT, "sec_other")}`,
    );
  });
});

describe("an event with an id", () => {
  test("is known by it, whatever else it says", async () => {
    expect(await getKey(WITH_ID)).toBe("heron:id:evt_1");
    expect(await getKey({ ...WITH_ID, data: { n: 2 } }, { name: "crm" })).toBe("crm:id:evt_1");
  });

  test("keeps it when the secret is replaced", async () => {
    const options = { secret: ["sec_new", SECRET] };
    expect(await getKey(WITH_ID, options, { secret: "sec_new" })).toBe(await getKey(WITH_ID, options));
  });

  test("is never taken for another's MAC", async () => {
    expect(await getKey({ ...EVENT, id: computeTestMac(EVENT) })).not.toBe(await getKey(EVENT));
  });

  test("that is long is reserved under a hash, the same for the same", async () => {
    const long = (end: string): object => ({ ...EVENT, id: `${"x".repeat(250)}${end}` });
    const key = await getKey(long("a"));
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(await getKey(long("a"))).toBe(key);
    expect(await getKey(long("b"))).not.toBe(key);
  });
});

describe("where a secret function serves many senders", () => {
  const secret = (source: unknown): string => String(source);
  const from = (sender: string, event: object): Promise<string> =>
    getKey(event, { secret }, { source: sender, secret: sender });

  test("the same id of two senders is two events", async () => {
    const keys = [await from("sec_a", WITH_ID), await from("sec_b", WITH_ID)];
    for (const key of keys) expect(key).toMatch(/^heron:id:[A-Za-z0-9+/_-]{16,}:evt_1$/);
    expect(keys[0]).not.toBe(keys[1]);
    expect(await from("sec_a", WITH_ID)).toBe(keys[0]);
  });

  test("the key does not give the secret away", async () => {
    expect(await from("sec_a", WITH_ID)).not.toContain("sec_a");
  });

  test("one sender cannot swallow another's event", async () => {
    const handled: unknown[] = [];
    const { receiver } = createTestReceiver({ secret, on: { "**": ({ data }) => void handled.push(data) } });
    for (const sender of ["sec_a", "sec_b", "sec_a"])
      await receiver.receive(
        signedRequestFor({ ...WITH_ID, data: sender }, { source: sender, secret: sender }),
      );
    expect(handled).toEqual(["sec_a", "sec_b"]);
  });
});

describe("dedupe.key", () => {
  test("says what makes two events the same", async () => {
    const dedupe = { key: (event: { readonly data: unknown }) => `n ${JSON.stringify(event.data)}` };
    expect(await getKey(EVENT, { dedupe })).toBe('heron:id:n {"n":1}');
    expect(await getKey(WITH_ID, { dedupe })).toBe('heron:id:n {"n":1}');
  });

  test("is given the event and its context", async () => {
    const given: unknown[] = [];
    const key = (...all: unknown[]): string => {
      given.push(...all);
      return "k";
    };
    await getKey(WITH_ID, { dedupe: { key } });
    expect(given).toEqual([
      expect.objectContaining(WITH_ID),
      expect.objectContaining({ id: "evt_1", form: "raw" }),
    ]);
  });

  test("that throws gets 503, and Heron can retry the event", async () => {
    const key = (): string => {
      throw new Error("broken");
    };
    const { receiver, lines } = createTestReceiver({
      dedupe: { key },
      on: { "**": () => expect.unreachable() },
    });
    expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
      status: 503,
      body: { error: "dedupe_unavailable" },
    });
    expect(lines[0]?.details["err"]).toEqual(new Error("broken"));
  });
});

test("dedupe: false handles whatever comes, each time", async () => {
  let calls = 0;
  const { receiver } = createTestReceiver({ dedupe: false, on: { "**": () => void calls++ } });
  for (let i = 0; i < 3; i++)
    expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({ ok: true });
  expect(calls).toBe(3);
});

test("a store may stand for itself, or in options with a ttl", async () => {
  const ttls: number[] = [];
  const store: DedupeStore = {
    reserve: () => ({ token: "t" }),
    complete: (_key, _token, ttlMs) => void ttls.push(ttlMs),
    release() {},
  };
  for (const dedupe of [store, { store }, { store, ttl: "1h" as const }])
    await createTestReceiver({ dedupe }).receiver.receive(signedRequestFor());
  expect(ttls).toEqual([86_400_000, 86_400_000, 3_600_000]);
});

test("a handled event is remembered for 24 h in memory by default", async () => {
  const { receiver, clock } = createTestReceiver();
  await receiver.receive(signedRequestFor());
  await clock.advance(86_399_999);
  expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({
    ok: true,
    duplicate: true,
  });
  await clock.advance(1);
  expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({ ok: true });
});

test.each([
  ["a promise", async () => "x"],
  ["nothing", () => ""],
  ["an object", () => ({})],
  ["undefined", () => undefined],
])("a dedupe.key that gives %s loses no event: it is a 503 that says so", async (_, key) => {
  let handled = 0;
  // @ts-expect-error what JavaScript may give
  const { receiver, lines } = createTestReceiver({ dedupe: { key }, on: { "**": () => handled++ } });
  for (const n of [1, 2])
    expect((await receiver.receive(signedRequestFor({ ...EVENT, data: { n } }))).status).toBe(503);
  expect(handled).toBe(0);
  expect(lines[0]?.message).toContain("dedupe.key must return a string that is not empty");
});
