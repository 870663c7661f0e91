import { describe, expect, test } from "vitest";
import { Discard, Retry } from "../../src/receiver/handler-errors.ts";
import {
  catchHeronError,
  createTestReceiver,
  EVENT,
  parseResponse,
  signedRequestFor,
} from "../test-receiver.ts";

describe("Retry", () => {
  test.each([
    [{}, undefined],
    [{ after: "90s" }, "90"],
    [{ after: 1500 }, "2"],
  ] as const)("%j is answered with 503, Retry-After %s", async (options, seconds) => {
    const { receiver } = createTestReceiver({
      on: {
        "**": () => {
          throw new Retry(options);
        },
      },
    });
    const response = await receiver.receive(signedRequestFor());
    expect(parseResponse(response)).toEqual({ status: 503, body: { error: "handler_retry" } });
    expect(response.headers["retry-after"]).toBe(seconds);
    expect((await receiver.receive(signedRequestFor())).status).toBe(503);
  });

  test("is a warning with its reason, not an error", async () => {
    const cause = new Error("429");
    const { receiver, lines } = createTestReceiver({
      on: {
        "**": () => {
          throw new Retry({ reason: "the API is busy", cause });
        },
      },
    });
    await receiver.receive(signedRequestFor());
    expect(lines).toEqual([
      {
        level: "warn",
        details: expect.objectContaining({
          code: "handler_retry",
          status: 503,
          err: cause,
          topic: EVENT.topic,
        }),
        message: "heron-webhooks: A handler asks for a retry: the API is busy",
      },
    ]);
  });

  test("with an invalid duration throws in its constructor", () => {
    const { code, message } = catchHeronError(() => new Retry({ after: -1 }));
    expect(code).toBe("option_invalid");
    expect(message).toMatch(/^after must be a duration/);
  });
});

describe("Discard", () => {
  test("gets 200, is no failure, and the event is not handled again", async () => {
    let calls = 0;
    const { receiver, lines } = createTestReceiver({
      onError: () => expect.unreachable(),
      on: {
        "**": () => {
          calls++;
          throw new Discard("an old account");
        },
      },
    });
    expect(parseResponse(await receiver.receive(signedRequestFor()))).toEqual({
      status: 200,
      body: { ok: true },
    });
    expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({
      ok: true,
      duplicate: true,
    });
    expect(calls).toBe(1);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ["info", "heron-webhooks: discarded: an old account"],
    ]);
  });
});

test("Retry and Discard count if they come from another copy of the package", async () => {
  const copy = (name: string): Error => Object.assign(new Error("x"), { name, after: 3000 });
  const from = async (name: string): Promise<number> => {
    const { receiver } = createTestReceiver({
      on: {
        "**": () => {
          throw copy(name);
        },
      },
    });
    return (await receiver.receive(signedRequestFor())).status;
  };
  expect([await from("HeronRetry"), await from("HeronDiscard"), await from("Error")]).toEqual([
    503, 200, 500,
  ]);
});
