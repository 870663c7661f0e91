import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HeronError } from "../../src/errors.ts";
import { consoleLogger, type Logger, Reporter } from "../../src/receiver/logger.ts";
import {
  createRecordingLogger,
  createTestReceiver,
  parseResponse,
  signedRequestFor,
} from "../test-receiver.ts";

describe("the default logger", () => {
  const written: string[] = [];
  beforeEach(() => {
    written.length = 0;
    vi.spyOn(console, "error").mockImplementation((text: string) => void written.push(text));
  });
  afterEach(() => void vi.restoreAllMocks());

  test("writes a warning or an error as one line of JSON, with its level, time, message and details", () => {
    consoleLogger.warn({ code: "closed", status: 503 }, "one");
    consoleLogger.error({ err: { n: 5n } }, "two");
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
      { level: "warn", time: expect.stringMatching(/^\d{4}-.*Z$/), msg: "one", code: "closed", status: 503 },
      { level: "error", time: expect.any(String), msg: "two", err: "{ n: 5n }" },
    ]);
  });

  test("is quiet about the rest", () => {
    consoleLogger.debug({}, "x");
    consoleLogger.info({}, "x");
    expect(written).toEqual([]);
  });

  test("writes errors with name, message, stack and cause, all the way down", () => {
    const err = new TypeError("above", { cause: new Error("below") });
    consoleLogger.error({ err }, "x");
    const { err: logged } = JSON.parse(written[0] as string) as { readonly err: unknown };
    expect(logged).toMatchObject({ name: "TypeError", message: "above", cause: { message: "below" } });
    expect(logged).toHaveProperty("stack", err.stack);
  });

  test.each([
    ["line feed", "\n"],
    ["carriage return", "\r"],
    ["escape", "\u001b"],
    ["bell", "\u0007"],
    ["NUL", "\u0000"],
    ["DEL", "\u007f"],
    ["C1: next line", "\u0085"],
    ["C1: control sequence", "\u009b"],
    ["line separator", "\u2028"],
    ["paragraph separator", "\u2029"],
    ["left-to-right mark", "\u200e"],
    ["right-to-left mark", "\u200f"],
    ["left-to-right embedding", "\u202a"],
    ["right-to-left override", "\u202e"],
    ["left-to-right isolate", "\u2066"],
    ["pop isolate", "\u2069"],
  ])("escapes what a terminal would act on: %s", (_, char) => {
    const topic = `a${char}{"level":"error"}`;
    consoleLogger.warn({ topic, [`k${char}`]: 1 }, `x${char}y`);
    expect(written).toHaveLength(1);
    expect(written[0]).not.toContain(char);
    expect(JSON.parse(written[0] as string)).toMatchObject({ topic, msg: `x${char}y`, [`k${char}`]: 1 });
  });

  test("leaves ordinary letters as they are", () => {
    consoleLogger.warn({}, "é ☕ 😀");
    expect(written[0]).toContain("é ☕ 😀");
  });

  test("is what a receiver uses where none is given: one line a failure, no secret in it", async () => {
    const { receiver } = createTestReceiver({ logger: undefined });
    await receiver.receive(signedRequestFor(undefined, { secret: "sec_other" }));
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] as string)).toMatchObject({
      level: "warn",
      msg: "heron-webhooks: The signature does not belong to this body and the receiver's secrets.",
      code: "signature_mismatch",
      receiver: "heron",
      status: 401,
    });
    expect(written[0]).not.toMatch(/sec_/);
  });

  test("logger: false writes nothing", async () => {
    await createTestReceiver({ logger: false }).receiver.receive(
      signedRequestFor(undefined, { method: "GET" }),
    );
    expect(written).toEqual([]);
  });
});

describe("failure", () => {
  test.each([
    ["method_not_allowed", 405, "warn"],
    ["invalid_json", 400, "warn"],
    ["handler_retry", 503, "warn"],
    ["handler_timeout", 503, "error"],
    ["handler_failed", 500, "error"],
    ["secret_unavailable", 503, "error"],
  ] as const)("%s, %i, is said at level %s", (code, status, level) => {
    const { logger, lines } = createRecordingLogger();
    const cause = new Error("below");
    const error = new HeronError(code, "It failed.", { cause });
    const reported: unknown[] = [];
    new Reporter("crm", logger, (...all) => void reported.push(...all)).reportFailure(error, {
      topic: "a.b",
      eventId: "1",
    });
    const said = { receiver: "crm", status, topic: "a.b", eventId: "1" };
    expect(reported).toEqual([error, said]);
    // The parser's own error quotes the body.
    const err = code === "invalid_json" ? {} : { err: cause };
    expect(lines).toEqual([
      { level, details: { code, ...said, ...err }, message: "heron-webhooks: It failed." },
    ]);
  });

  test("without a cause there is no err", () => {
    const { logger, lines } = createRecordingLogger();
    new Reporter("crm", logger, undefined).reportFailure(new HeronError("closed", "x"), {});
    expect(lines[0]?.details).toEqual({ code: "closed", receiver: "crm", status: 503 });
  });
});

const failing = (): never => {
  throw new Error("the logger is broken");
};
const broken: Logger = { debug: failing, info: failing, warn: failing, error: failing };

describe("what the application gives may fail, and the response stays the same", () => {
  const refused = { status: 405, body: { error: "method_not_allowed" } };
  const wrong = (): ReturnType<typeof signedRequestFor> => signedRequestFor(undefined, { method: "GET" });

  test("a logger that throws", async () => {
    expect(parseResponse(await createTestReceiver({ logger: broken }).receiver.receive(wrong()))).toEqual(
      refused,
    );
  });

  test("an onError that throws, which is logged", async () => {
    const thrown = new Error("onError is broken");
    const { receiver, lines } = createTestReceiver({
      onError: () => {
        throw thrown;
      },
    });
    expect(parseResponse(await receiver.receive(wrong()))).toEqual(refused);
    expect(lines[1]).toEqual({
      level: "error",
      details: { receiver: "heron", err: thrown },
      message: "heron-webhooks: onError threw",
    });
  });

  test("an onError that rejects, which is logged and ends no process", async () => {
    const thrown = new Error("onError is broken");
    const { receiver, lines, clock } = createTestReceiver({
      onError: () => Promise.reject(thrown) as unknown as undefined,
    });
    expect(parseResponse(await receiver.receive(wrong()))).toEqual(refused);
    await clock.advance(0);
    expect(lines[1]?.details["err"]).toBe(thrown);
  });

  test("both", async () => {
    const { receiver, clock } = createTestReceiver({ logger: broken, onError: failing });
    expect(parseResponse(await receiver.receive(wrong()))).toEqual(refused);
    const rejecting = createTestReceiver({
      logger: broken,
      onError: () => Promise.reject(new Error("x")) as unknown as undefined,
    });
    expect(parseResponse(await rejecting.receiver.receive(wrong()))).toEqual(refused);
    await clock.advance(0);
  });

  test("a logger that throws when a handler discards or fails", async () => {
    const { receiver } = createTestReceiver({ logger: broken, on: { "**": failing } });
    expect((await receiver.receive(signedRequestFor())).status).toBe(500);
  });
});

test("a logger's methods are called as its own", async () => {
  class Counting {
    count = 0;
    debug(): void {}
    info(): void {}
    warn(): void {
      this.count++;
    }
    error(): void {}
  }
  const logger = new Counting();
  await createTestReceiver({ logger }).receiver.receive(signedRequestFor(undefined, { method: "GET" }));
  expect(logger.count).toBe(1);
});

test("a topic in the log is cut off at 128 characters", async () => {
  const { receiver, lines } = createTestReceiver({ on: { "**": failing } });
  await receiver.receive(signedRequestFor({ topic: "x".repeat(5000) }));
  expect(lines[0]?.details["topic"]).toBe("x".repeat(128));
});

describe("what the default logger makes of odd errors", () => {
  const logError = (err: unknown): { readonly err: unknown } => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    consoleLogger.error({ err }, "odd");
    const [line] = error.mock.calls[0] ?? [];
    error.mockRestore();
    expect(line).not.toMatch(/\p{Cc}/u);
    return JSON.parse(String(line)) as { readonly err: unknown };
  };

  test("one whose cause leads back to it", () => {
    const circular = new Error("outer");
    circular.cause = circular;
    expect(logError(circular).err).toMatchObject({ message: "outer", cause: { message: "outer" } });
  });

  test("an object that holds itself", () => {
    const own: Record<string, unknown> = { a: "x\n\u001b[31m" };
    own["self"] = own;
    expect(logError(own).err).toContain("[Circular");
  });

  test("several in one, with their codes", () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(logError(new AggregateError([refused], "")).err).toMatchObject({
      errors: [{ message: "connect", code: "ECONNREFUSED" }],
    });
  });
});

test("the log names an event without an id by part of its MAC only: the whole is its signature", async () => {
  const { receiver, lines } = createTestReceiver({
    on: {
      "**": () => {
        throw new Error("x");
      },
    },
  });
  const incoming = signedRequestFor();
  await receiver.receive(incoming);
  const signature = String(Reflect.get(incoming.headers, "heron-signature"));
  expect(lines[0]?.details["eventId"]).toBe(`${signature.slice(0, 8)}…`);
  expect(JSON.stringify(lines)).not.toContain(signature);
});
