import { afterEach, describe, expect, test, vi } from "vitest";
import { createReceiver } from "../../src/receiver/receiver.ts";
import type { SecretFunction } from "../../src/receiver/secrets.ts";
import {
  catchHeronError,
  createTestReceiver,
  deferred,
  parseResponse,
  SECRET,
  signedRequestFor,
} from "../test-receiver.ts";

afterEach(() => void vi.unstubAllEnvs());

const OLD = "sec_old_0123456789abcdef";

async function getStatusWith(secret: SecretFunction | string | readonly string[]): Promise<number> {
  return (await createTestReceiver({ secret }).receiver.receive(signedRequestFor())).status;
}

describe("fixed", () => {
  test("one, or several of which any will do", async () => {
    expect(await getStatusWith(SECRET)).toBe(200);
    expect(await getStatusWith([OLD, SECRET])).toBe(200);
    expect(await getStatusWith([OLD])).toBe(401);
  });

  test("a list is taken as it is when the receiver is made", async () => {
    const secrets = [SECRET];
    const { receiver } = createTestReceiver({ secret: secrets });
    secrets[0] = OLD;
    expect((await receiver.receive(signedRequestFor())).status).toBe(200);
  });

  test.each([
    ["an empty one", ""],
    ["one of white space", " "],
    ["a list with an empty one", [SECRET, ""]],
    ["a list with one that is no text", [5]],
  ])("%s is secret_invalid when the receiver is made", (_, secret) => {
    // @ts-expect-error what JavaScript may give
    expect(catchHeronError(() => createReceiver({ secret })).code).toBe("secret_invalid");
  });

  test("an empty list is secret_missing", () => {
    expect(catchHeronError(() => createReceiver({ secret: [] })).code).toBe("secret_missing");
  });
});

describe("HERON_WEBHOOK_SECRET", () => {
  const made = (): ReturnType<typeof createReceiver> => createReceiver({ logger: false });

  test("is the secret where none is given", async () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", SECRET);
    expect((await made().receive(signedRequestFor())).status).toBe(200);
  });

  test("is read once, when the receiver is made", async () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", SECRET);
    const receiver = made();
    vi.stubEnv("HERON_WEBHOOK_SECRET", OLD);
    expect((await receiver.receive(signedRequestFor())).status).toBe(200);
  });

  test("does not count where one is given", async () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", OLD);
    expect(await getStatusWith(SECRET)).toBe(200);
  });

  test("unset is secret_missing, and the message names it", () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", undefined);
    const { code, message } = catchHeronError(made);
    expect(code).toBe("secret_missing");
    expect(message).toMatch(/set the option `secret`, or the environment variable HERON_WEBHOOK_SECRET/);
  });

  test("empty counts as unset, one of white space as wrong", () => {
    vi.stubEnv("HERON_WEBHOOK_SECRET", "");
    expect(catchHeronError(made).code).toBe("secret_missing");
    vi.stubEnv("HERON_WEBHOOK_SECRET", " ");
    expect(catchHeronError(made).code).toBe("secret_invalid");
  });
});

describe("a function", () => {
  test("is given the framework's request, once for each of ours, and not cached", async () => {
    const given: unknown[] = [];
    const { receiver } = createTestReceiver({
      secret: (source) => {
        given.push(source);
        return SECRET;
      },
    });
    for (const source of ["a", "b", "a"]) await receiver.receive(signedRequestFor(undefined, { source }));
    expect(given).toEqual(["a", "b", "a"]);
  });

  test.each([
    ["a secret", () => SECRET],
    ["a list", () => [OLD, SECRET]],
    ["a promise", async () => SECRET],
    ["a promise of a list", async () => [SECRET]],
  ])("may answer with %s", async (_, secret) => {
    expect(await getStatusWith(secret)).toBe(200);
  });

  test.each([
    ["null", () => null],
    ["a promise of null", async () => null],
    ["an empty list", () => []],
    ["undefined", () => undefined],
  ])("that returns %s gives 401, as for a wrong signature", async (_, secret) => {
    const { receiver } = createTestReceiver({ secret: secret as SecretFunction });
    const unknown = await receiver.receive(signedRequestFor());
    expect(unknown).toEqual(
      await createTestReceiver().receiver.receive(signedRequestFor(undefined, { secret: OLD })),
    );
    expect(unknown.status).toBe(401);
  });

  test.each([
    ["an empty text", () => ""],
    ["a list with an empty text", () => [SECRET, ""]],
    ["a number", () => 5],
    ["an object", () => ({ secret: SECRET })],
    ["a list of what is no text", () => [null]],
  ])("that answers %s is 503, so that Heron retries", async (_, secret) => {
    const { receiver, lines } = createTestReceiver({ secret: secret as SecretFunction });
    expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
      status: 503,
      body: { error: "secret_unavailable" },
    });
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      [
        "error",
        "heron-webhooks: The secret function returned an empty or invalid secret; responded with 503 so that Heron retries.",
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
    const { receiver, lines } = createTestReceiver({ secret });
    expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
      status: 503,
      body: { error: "secret_unavailable" },
    });
    expect(lines[0]?.message).toMatch(/The secret function failed; responded with 503/);
    expect(lines[0]?.details["err"]).toEqual(new Error("down"));
  });

  test("that takes more than 2 s is 503, and its late answer or failure goes unheard", async () => {
    for (const late of ["resolve", "reject"] as const) {
      const answered = deferred<string>();
      const { receiver, clock, lines } = createTestReceiver({ secret: () => answered.promise });
      const receiving = receiver.receive(signedRequestFor());
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
    const { receiver, clock } = createTestReceiver({ secret: () => answered.promise });
    const receiving = receiver.receive(signedRequestFor());
    await clock.advance(0);
    await clock.advance(1999);
    answered.resolve(SECRET);
    expect((await receiving).status).toBe(200);
  });
});
