import { afterEach, describe, expect, test, vi } from "vitest";
import { createReceiver } from "../../src/receive/receiver.ts";
import type { SecretFunction } from "../../src/receive/secrets.ts";
import { answer, deferred, failureOf, request, SECRET, world } from "../help.ts";

afterEach(() => void vi.unstubAllEnvs());

const OLD = "sec_old_0123456789abcdef";

async function statusWith(secret: SecretFunction | string | readonly string[]): Promise<number> {
  return (await world({ secret }).receiver.receive(request())).status;
}

describe("fixed", () => {
  test("one, or several of which any will do", async () => {
    expect(await statusWith(SECRET)).toBe(200);
    expect(await statusWith([OLD, SECRET])).toBe(200);
    expect(await statusWith([OLD])).toBe(401);
  });

  test("a list is taken as it is when the receiver is made", async () => {
    const secrets = [SECRET];
    const { receiver } = world({ secret: secrets });
    secrets[0] = OLD;
    expect((await receiver.receive(request())).status).toBe(200);
  });

  test.each([
    ["an empty one", ""],
    ["one of white space", " "],
    ["a list with an empty one", [SECRET, ""]],
    ["a list with one that is no text", [5]],
  ])("%s is secret_invalid when the receiver is made", (_, secret) => {
    // @ts-expect-error what JavaScript may give
    expect(failureOf(() => createReceiver({ secret })).code).toBe("secret_invalid");
  });

  test("an empty list is secret_missing", () => {
    expect(failureOf(() => createReceiver({ secret: [] })).code).toBe("secret_missing");
  });
});

describe("HERON_WEBHOOK_SECRET", () => {
  const made = (): ReturnType<typeof createReceiver> => createReceiver({ logger: false });

  test("is the secret where none is given", async () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", SECRET);
    expect((await made().receive(request())).status).toBe(200);
  });

  test("is read once, when the receiver is made", async () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", SECRET);
    const receiver = made();
    vi.stubEnv("HERON_WEBHOOK_SECRET", OLD);
    expect((await receiver.receive(request())).status).toBe(200);
  });

  test("does not count where one is given", async () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", OLD);
    expect(await statusWith(SECRET)).toBe(200);
  });

  test("unset is secret_missing, and the message names it", () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", undefined);
    const { code, message } = failureOf(made);
    expect(code).toBe("secret_missing");
    expect(message).toMatch(/give `secret`, or set the environment variable HERON_WEBHOOK_SECRET/);
  });

  test("empty counts as unset, one of white space as wrong", () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", "");
    expect(failureOf(made).code).toBe("secret_missing");
    vi.stubEnv("HERON_WEBHOOK_SECRET", " ");
    expect(failureOf(made).code).toBe("secret_invalid");
  });
});

describe("a function", () => {
  test("is given the framework's request, once for each of ours, and not cached", async () => {
    const given: unknown[] = [];
    const { receiver } = world({
      secret: (source) => {
        given.push(source);
        return SECRET;
      },
    });
    for (const source of ["a", "b", "a"]) await receiver.receive(request(undefined, { source }));
    expect(given).toEqual(["a", "b", "a"]);
  });

  test.each([
    ["a secret", () => SECRET],
    ["a list", () => [OLD, SECRET]],
    ["a promise", async () => SECRET],
    ["a promise of a list", async () => [SECRET]],
  ])("may answer with %s", async (_, secret) => {
    expect(await statusWith(secret)).toBe(200);
  });

  test.each([
    ["null", () => null],
    ["a promise of null", async () => null],
    ["an empty list", () => []],
    ["undefined", () => undefined],
  ])("that answers %s knows nobody: 401, as for a wrong signature", async (_, secret) => {
    const { receiver } = world({ secret: secret as SecretFunction });
    const unknown = await receiver.receive(request());
    expect(unknown).toEqual(await world().receiver.receive(request(undefined, { secret: OLD })));
    expect(unknown.status).toBe(401);
  });

  test.each([
    ["an empty text", () => ""],
    ["a list with an empty text", () => [SECRET, ""]],
    ["a number", () => 5],
    ["an object", () => ({ secret: SECRET })],
    ["a list of what is no text", () => [null]],
  ])("that answers %s is 503, so that the event comes again", async (_, secret) => {
    const { receiver, lines } = world({ secret: secret as SecretFunction });
    expect(answer(await receiver.receive(request()))).toEqual({
      status: 503,
      body: { error: "secret_unavailable" },
    });
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      [
        "error",
        "heron-webhooks: The secret function gave an empty secret, or something that is not one; the event is answered with 503 so that it comes again.",
      ],
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    ["rejects", () => Promise.reject(new Error("down"))],
  ])("that %s is 503, and logged with its error", async (_, secret) => {
    const { receiver, lines } = world({ secret });
    expect(answer(await receiver.receive(request()))).toEqual({
      status: 503,
      body: { error: "secret_unavailable" },
    });
    expect(lines[0]?.message).toMatch(/The secret function failed; the event is answered with 503/);
    expect(lines[0]?.details["err"]).toEqual(new Error("down"));
  });

  test("that takes more than 2 s is 503, and its late answer or failure goes unheard", async () => {
    for (const late of ["resolve", "reject"] as const) {
      const answered = deferred<string>();
      const { receiver, clock, lines } = world({ secret: () => answered.promise });
      const receiving = receiver.receive(request());
      await clock.advance(0);
      await clock.advance(1999);
      expect(lines).toEqual([]);
      await clock.advance(1);
      expect((await receiving).status).toBe(503);
      expect(lines[0]?.message).toMatch(/The secret function took more than 2000 ms/);
      if (late === "resolve") answered.resolve(SECRET);
      else answered.reject(new Error("late"));
      await clock.advance(0);
      expect(lines).toHaveLength(1);
    }
  });

  test("that answers within 2 s is in time", async () => {
    const answered = deferred<string>();
    const { receiver, clock } = world({ secret: () => answered.promise });
    const receiving = receiver.receive(request());
    await clock.advance(0);
    await clock.advance(1999);
    answered.resolve(SECRET);
    expect((await receiving).status).toBe(200);
  });
});
