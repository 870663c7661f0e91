import { describe, expect, test } from "vitest";
import type { ReceiveContext } from "../../src/receiver/context.ts";
import type { ReceiverOptions } from "../../src/receiver/options.ts";
import {
  createTestReceiver,
  deferred,
  EVENT,
  parseResponse,
  signedRequestFor,
  type TestReceiver,
} from "../test-receiver.ts";

interface SlowReceiver extends TestReceiver {
  /** Resolves when the handler has begun. */
  readonly begun: Promise<ReceiveContext>;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
  readonly calls: () => number;
}

/** A receiver whose first handler runs until the test stops it. */
function createSlowReceiver(options: ReceiverOptions = {}): SlowReceiver {
  const begun = deferred<ReceiveContext>();
  const end = deferred();
  let calls = 0;
  const made = createTestReceiver({
    ...options,
    on: {
      "**": (_, context) => {
        if (++calls > 1) return;
        begun.resolve(context);
        return end.promise;
      },
    },
  });
  return { ...made, begun: begun.promise, finish: end.resolve, fail: end.reject, calls: () => calls };
}

test("a handler that takes longer than 9 s is answered for with 503 and logged", async () => {
  const { receiver, clock, lines, begun } = createSlowReceiver();
  const receiving = receiver.receive(signedRequestFor());
  await begun;
  await clock.advance(8999);
  expect(lines).toEqual([]);
  await clock.advance(1);
  expect(parseResponse(await receiving)).toEqual({ status: 503, body: { error: "handler_timeout" } });
  expect(lines.map(({ level, details }) => [level, details["code"], details["topic"]])).toEqual([
    ["error", "handler_timeout", EVENT.topic],
  ]);
  expect(lines[0]?.message).toMatch(/took longer than 9000 ms from the request's arrival/);
});

test("the time runs from arrival: what reading and looking up took is gone", async () => {
  const secret = deferred<string>();
  const { receiver, clock, begun } = createSlowReceiver({ timeout: 3000, secret: () => secret.promise });
  const receiving = receiver.receive(signedRequestFor());
  await clock.advance(0);
  await clock.advance(1999);
  secret.resolve("sec_test_0123456789abcdef");
  await begun;
  await clock.advance(1001);
  expect((await receiving).status).toBe(503);
});

test("when all of it is gone before a handler begins, the handler still runs, and late", async () => {
  const { receiver, clock, begun, finish } = createSlowReceiver({ timeout: 1000 });
  const body = deferred<Uint8Array>();
  const sent = signedRequestFor();
  const receiving = receiver.receive({ ...sent, read: () => body.promise });
  await clock.advance(2000);
  body.resolve(await sent.read(1000, new AbortController().signal));
  const context = await begun;
  await clock.advance(0);
  expect((await receiving).status).toBe(503);
  expect(context.signal.aborted).toBe(true);
  finish();
});

test("context.signal is aborted when the time has ended, whether it was asked for before or after", async () => {
  const { receiver, clock, begun } = createSlowReceiver();
  void receiver.receive(signedRequestFor());
  const context = await begun;
  const { signal } = context;
  expect(signal.aborted).toBe(false);
  await clock.advance(9000);
  expect(signal.aborted).toBe(true);
  expect(context.signal).toBe(signal);

  const other = createSlowReceiver();
  void other.receiver.receive(signedRequestFor());
  const unasked = await other.begun;
  await other.clock.advance(9000);
  expect(unasked.signal.aborted).toBe(true);
});

test("context.signal of a handler that was in time is never aborted", async () => {
  const { receiver, clock, begun, finish } = createSlowReceiver();
  const receiving = receiver.receive(signedRequestFor());
  const { signal } = await begun;
  finish();
  expect((await receiving).status).toBe(200);
  await clock.advance(60_000);
  expect(signal.aborted).toBe(false);
});

describe("after the 503", () => {
  async function afterTimeOut(): Promise<SlowReceiver> {
    const it = createSlowReceiver();
    const receiving = it.receiver.receive(signedRequestFor());
    await it.begun;
    await it.clock.advance(9000);
    expect((await receiving).status).toBe(503);
    return it;
  }

  test("a retry gets 409 while the handler runs, until its lease has ended", async () => {
    const { receiver, clock, calls, lines } = await afterTimeOut();
    for (const ms of [0, 1000, 34_000]) {
      await clock.advance(ms);
      const response = await receiver.receive(signedRequestFor());
      expect(parseResponse(response)).toEqual({ status: 409, body: { error: "duplicate_in_progress" } });
      expect(response.headers["retry-after"]).toBe("1");
    }
    expect(calls()).toBe(1);
    await clock.advance(1000);
    expect(lines.at(-1)?.message).toContain("event lease expired before the handler finished");
    void receiver.receive(signedRequestFor());
    await clock.advance(0);
    expect(calls()).toBe(2);
  });

  test("a handler that is late for its lease does not free the event from under the next one", async () => {
    const first = deferred();
    let runs = 0;
    const on = { "**": () => (runs++ === 0 ? first.promise : new Promise<void>(() => {})) };
    const { receiver, clock } = createTestReceiver({ on });
    void receiver.receive(signedRequestFor());
    await clock.advance(45_000);
    void receiver.receive(signedRequestFor());
    await clock.advance(0);
    first.reject(new Error("too late"));
    await clock.advance(0);
    expect((await receiver.receive(signedRequestFor())).status).toBe(409);
    expect(runs).toBe(2);
  });

  test("a handler that succeeds late has handled the event", async () => {
    const { receiver, clock, finish, calls } = await afterTimeOut();
    await clock.advance(60_000);
    finish();
    await clock.advance(0);
    expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({
      ok: true,
      duplicate: true,
    });
    expect(calls()).toBe(1);
  });

  test("a handler that fails late is logged, and the event can come again", async () => {
    const { receiver, clock, lines, fail, calls } = await afterTimeOut();
    fail(new Error("too late"));
    await clock.advance(0);
    expect(lines.map(({ details }) => details["code"])).toEqual(["handler_timeout", "handler_failed"]);
    expect(lines[1]?.details["err"]).toEqual(new Error("too late"));
    expect(parseResponse(await receiver.receive(signedRequestFor())).body).toEqual({ ok: true });
    expect(calls()).toBe(2);
  });
});

describe("an event that is being handled", () => {
  test("gets 409 with Retry-After", async () => {
    const { receiver, begun, finish } = createSlowReceiver();
    const receiving = receiver.receive(signedRequestFor());
    await begun;
    const response = await receiver.receive(signedRequestFor());
    expect(response.status).toBe(409);
    expect(response.headers["retry-after"]).toBe("1");
    finish();
    expect((await receiving).status).toBe(200);
  });

  test("in another process: Retry-After is what its lease has left", async () => {
    const dedupe = { reserve: () => ({ busy: 12_300 }), complete() {}, release() {} };
    const response = await createTestReceiver({ dedupe }).receiver.receive(signedRequestFor());
    expect([response.status, response.headers["retry-after"]]).toEqual([409, "13"]);
  });

  test("does not hold up another", async () => {
    const { receiver, begun } = createSlowReceiver();
    void receiver.receive(signedRequestFor());
    await begun;
    expect((await receiver.receive(signedRequestFor({ ...EVENT, data: "other" }))).status).toBe(200);
  });
});

test("a body that has not come after 5 s, or the time-out if that is shorter, is given up", async () => {
  const aborted = async (options: ReceiverOptions, ms: number): Promise<boolean[]> => {
    const { receiver, clock } = createTestReceiver(options);
    const given: AbortSignal[] = [];
    const read = async (_limit: number, signal: AbortSignal): Promise<Uint8Array> => {
      given.push(signal);
      return new Promise(() => {});
    };
    void receiver.receive({ ...signedRequestFor(), read });
    await clock.advance(ms - 1);
    const before = given[0]?.aborted === true;
    await clock.advance(1);
    return [before, given[0]?.aborted === true];
  };
  expect(await aborted({}, 5000)).toEqual([false, true]);
  expect(await aborted({ timeout: "3s" }, 3000)).toEqual([false, true]);
});
