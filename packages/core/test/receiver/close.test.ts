import { expect, test } from "vitest";
import type { AcceptedEvent } from "../../src/receiver/acceptor.ts";
import { Discard } from "../../src/receiver/handler-errors.ts";
import {
  createTestReceiver,
  deferred,
  EVENT,
  parseResponse,
  signedRequestFor,
  type TestReceiver,
} from "../test-receiver.ts";

const numbered = (n: number): object => ({ ...EVENT, data: n });

async function acceptEvent({ receiver }: TestReceiver, event: object = EVENT): Promise<AcceptedEvent> {
  const outcome = await receiver.accept(signedRequestFor(event));
  if ("response" in outcome) throw new Error(`refused with ${outcome.response.status}`);
  return outcome;
}

test("a closed receiver rejects with 503 and Retry-After", async () => {
  const { receiver } = createTestReceiver();
  await receiver.close();
  const response = await receiver.receive(signedRequestFor());
  expect(parseResponse(response)).toEqual({ status: 503, body: { error: "closed" } });
  expect(response.headers["retry-after"]).toBe("1");
  expect(await receiver.accept(signedRequestFor())).toEqual({ response });
});

test("close waits for every running handler, and resolves for every caller", async () => {
  const ends = [deferred(), deferred()];
  const begun = [deferred(), deferred()];
  const { receiver } = createTestReceiver({
    on: {
      "**": ({ data }) => {
        begun[data as number]?.resolve();
        return ends[data as number]?.promise;
      },
    },
  });
  const replies = [0, 1].map((n) => receiver.receive(signedRequestFor(numbered(n))));
  await Promise.all(begun.map(({ promise }) => promise));
  const closed: string[] = [];
  const closing = ["first", "second"].map(async (name) => {
    await receiver.close();
    closed.push(name);
  });
  ends[0]?.resolve();
  expect((await replies[0])?.status).toBe(200);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toEqual([]);
  ends[1]?.resolve();
  await Promise.all(closing);
  expect(closed).toEqual(["first", "second"]);
  expect((await replies[1])?.status).toBe(200);
});

test("close waits for a request whose body is still coming, and for its handler", async () => {
  const order: string[] = [];
  const body = deferred<Uint8Array>();
  const { receiver } = createTestReceiver({ on: { "**": () => void order.push("handled") } });
  const sent = signedRequestFor();
  const receiving = receiver.receive({ ...sent, read: () => body.promise });
  const closing = receiver.close().then(() => order.push("closed"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  body.resolve(await sent.read(1000, new AbortController().signal));
  expect((await receiving).status).toBe(200);
  await closing;
  expect(order).toEqual(["handled", "closed"]);
});

test("close waits for requests that are rejected, too, and no rejection ends the wait of others", async () => {
  const bodies = [deferred<Uint8Array>(), deferred<Uint8Array>()];
  const { receiver } = createTestReceiver();
  const receiving = bodies.map(({ promise }) =>
    receiver.receive(signedRequestFor(EVENT, { read: () => promise })),
  );
  let closed = false;
  const closing = receiver.close().then(() => {
    closed = true;
  });
  bodies[0]?.resolve(Buffer.from("forged"));
  expect((await receiving[0])?.status).toBe(401);
  expect((await receiver.receive(signedRequestFor())).status).toBe(503);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  bodies[1]?.reject(new Error("broken off"));
  expect((await receiving[1])?.status).toBe(500);
  await closing;
});

test("close is idempotent", async () => {
  const { receiver } = createTestReceiver();
  await receiver.close();
  await receiver.close();
});

test("close waits for a handler that failed, too", async () => {
  const end = deferred();
  const begun = deferred();
  const { receiver } = createTestReceiver({
    on: {
      "**": () => {
        begun.resolve();
        return end.promise;
      },
    },
  });
  const receiving = receiver.receive(signedRequestFor());
  await begun.promise;
  const closing = receiver.close();
  end.reject(new Error("x"));
  await closing;
  expect((await receiving).status).toBe(500);
});

test("await using closes the receiver", async () => {
  const { receiver } = createTestReceiver();
  {
    await using inside = receiver;
    expect(inside.path).toBe("/webhooks/heron");
  }
  expect((await receiver.receive(signedRequestFor())).status).toBe(503);
});

test("accept gives the event and its context, and nothing is handled", async () => {
  const made = createTestReceiver({ on: { "**": () => expect.unreachable() } });
  const { event, context } = await acceptEvent(made, { ...EVENT, id: "evt_1" });
  expect(event).toMatchObject({ ...EVENT, id: "evt_1", meta: null });
  expect(context).toMatchObject({ id: "evt_1", form: "raw", secretIndex: 0 });
});

test("accept responds to rejected requests", async () => {
  const outcome = await createTestReceiver().receiver.accept(
    signedRequestFor(EVENT, { secret: "sec_other" }),
  );
  expect(outcome).toMatchObject({ response: { status: 401 } });
});

test.each([
  ["nothing", undefined, { ok: true, duplicate: true }],
  ["a Discard", new Discard(), { ok: true, duplicate: true }],
  ["an error", new Error("x"), { ok: true }],
  ["null, as error-first callbacks have it", null, { ok: true, duplicate: true }],
])("done with %s completes the event", async (_, error, next) => {
  const made = createTestReceiver();
  const { done } = await acceptEvent(made);
  expect((await made.receiver.receive(signedRequestFor())).status).toBe(409);
  await done(error);
  expect(parseResponse(await made.receiver.receive(signedRequestFor())).body).toEqual(next);
});

test("only the first done counts", async () => {
  const made = createTestReceiver();
  const first = await acceptEvent(made);
  await first.done(new Error("x"));
  await first.done();
  const second = await acceptEvent(made);
  await first.done();
  expect((await made.receiver.receive(signedRequestFor())).status).toBe(409);
  await second.done();
  await second.done(new Error("x"));
  expect(parseResponse(await made.receiver.receive(signedRequestFor())).body).toEqual({
    ok: true,
    duplicate: true,
  });
});

test("close waits for what was accepted, however often it is done", async () => {
  const made = createTestReceiver();
  const [first, second] = [await acceptEvent(made, numbered(1)), await acceptEvent(made, numbered(2))];
  let closed = false;
  const closing = made.receiver.close().then(() => {
    closed = true;
  });
  await first?.done();
  await first?.done();
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  await second?.done();
  await closing;
});

test("done stops the time of its event", async () => {
  const made = createTestReceiver();
  const { context, done } = await acceptEvent(made);
  await done();
  await made.clock.advance(60_000);
  expect(context.signal.aborted).toBe(false);
});

test("without a dedupe store an accepted event is done as well", async () => {
  const made = createTestReceiver({ dedupe: false });
  const { done } = await acceptEvent(made);
  await done(new Error("x"));
  await made.receiver.close();
});

test("close waits at most one lease for an event that is never completed", async () => {
  for (const dedupe of [undefined, false] as const) {
    const made = createTestReceiver({ dedupe });
    const { done } = await acceptEvent(made);
    let closed = false;
    const closing = made.receiver.close().then(() => {
      closed = true;
    });
    await made.clock.advance(44_999);
    expect(closed).toBe(false);
    await made.clock.advance(1);
    await closing;
    // Too late to count, and no harm.
    await done();
    await made.receiver.close();
  }
});

test("an event that is never completed is accepted again after its lease", async () => {
  const made = createTestReceiver();
  await acceptEvent(made);
  await made.clock.advance(44_999);
  expect((await made.receiver.receive(signedRequestFor())).status).toBe(409);
  await made.clock.advance(1);
  expect(parseResponse(await made.receiver.receive(signedRequestFor())).body).toEqual({ ok: true });
});
