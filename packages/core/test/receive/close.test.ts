import { expect, test } from "vitest";
import type { AcceptedEvent } from "../../src/receive/accept.ts";
import { Discard } from "../../src/receive/verdict.ts";
import { answer, deferred, EVENT, request, type World, world } from "../help.ts";

const numbered = (n: number): object => ({ ...EVENT, data: n });

async function accepted({ receiver }: World, event: object = EVENT): Promise<AcceptedEvent> {
  const outcome = await receiver.accept(request(event));
  if ("reply" in outcome) throw new Error(`refused with ${outcome.reply.status}`);
  return outcome;
}

test("a closed receiver refuses with 503 and says when to come again", async () => {
  const { receiver } = world();
  await receiver.close();
  const reply = await receiver.receive(request());
  expect(answer(reply)).toEqual({ status: 503, body: { error: "closed" } });
  expect(reply.headers["retry-after"]).toBe("1");
  expect(await receiver.accept(request())).toEqual({ reply });
});

test("close waits for every handler that runs, and every caller of it is told", async () => {
  const ends = [deferred(), deferred()];
  const begun = [deferred(), deferred()];
  const { receiver } = world({
    on: {
      "**": ({ data }) => {
        begun[data as number]?.resolve();
        return ends[data as number]?.promise;
      },
    },
  });
  const replies = [0, 1].map((n) => receiver.receive(request(numbered(n))));
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
  const { receiver } = world({ on: { "**": () => void order.push("handled") } });
  const sent = request();
  const receiving = receiver.receive({ ...sent, read: () => body.promise });
  const closing = receiver.close().then(() => order.push("closed"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  body.resolve(await sent.read(1000, new AbortController().signal));
  expect((await receiving).status).toBe(200);
  await closing;
  expect(order).toEqual(["handled", "closed"]);
});

test("close waits for requests that are refused, too, and no refusal ends the wait of others", async () => {
  const bodies = [deferred<Uint8Array>(), deferred<Uint8Array>()];
  const { receiver } = world();
  const receiving = bodies.map(({ promise }) => receiver.receive(request(EVENT, { read: () => promise })));
  let closed = false;
  const closing = receiver.close().then(() => {
    closed = true;
  });
  bodies[0]?.resolve(Buffer.from("forged"));
  expect((await receiving[0])?.status).toBe(401);
  expect((await receiver.receive(request())).status).toBe(503);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  bodies[1]?.reject(new Error("broken off"));
  expect((await receiving[1])?.status).toBe(500);
  await closing;
});

test("close is idempotent", async () => {
  const { receiver } = world();
  await receiver.close();
  await receiver.close();
});

test("close waits for a handler that failed, too", async () => {
  const end = deferred();
  const begun = deferred();
  const { receiver } = world({
    on: {
      "**": () => {
        begun.resolve();
        return end.promise;
      },
    },
  });
  const receiving = receiver.receive(request());
  await begun.promise;
  const closing = receiver.close();
  end.reject(new Error("x"));
  await closing;
  expect((await receiving).status).toBe(500);
});

test("await using closes the receiver", async () => {
  const { receiver } = world();
  {
    await using inside = receiver;
    expect(inside.path).toBe("/webhooks/heron");
  }
  expect((await receiver.receive(request())).status).toBe(503);
});

test("accept gives the event and its context, and nothing is handled", async () => {
  const made = world({ on: { "**": () => expect.unreachable() } });
  const { event, context } = await accepted(made, { ...EVENT, id: "evt_1" });
  expect(event).toMatchObject({ ...EVENT, id: "evt_1", meta: null });
  expect(context).toMatchObject({ id: "evt_1", form: "raw", secretIndex: 0 });
});

test("accept answers what it does not let through", async () => {
  const outcome = await world().receiver.accept(request(EVENT, { secret: "sec_other" }));
  expect(outcome).toMatchObject({ reply: { status: 401 } });
});

test.each([
  ["nothing", undefined, { ok: true, duplicate: true }],
  ["a Discard", new Discard(), { ok: true, duplicate: true }],
  ["an error", new Error("x"), { ok: true }],
  ["null, as error-first callbacks have it", null, { ok: true, duplicate: true }],
])("done with %s settles the event", async (_, error, next) => {
  const made = world();
  const { done } = await accepted(made);
  expect((await made.receiver.receive(request())).status).toBe(409);
  await done(error);
  expect(answer(await made.receiver.receive(request())).body).toEqual(next);
});

test("only the first done counts", async () => {
  const made = world();
  const first = await accepted(made);
  await first.done(new Error("x"));
  await first.done();
  const second = await accepted(made);
  await first.done();
  expect((await made.receiver.receive(request())).status).toBe(409);
  await second.done();
  await second.done(new Error("x"));
  expect(answer(await made.receiver.receive(request())).body).toEqual({ ok: true, duplicate: true });
});

test("close waits for what was accepted, however often it is done", async () => {
  const made = world();
  const [first, second] = [await accepted(made, numbered(1)), await accepted(made, numbered(2))];
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
  const made = world();
  const { context, done } = await accepted(made);
  await done();
  await made.clock.advance(60_000);
  expect(context.signal.aborted).toBe(false);
});

test("without a dedupe store an accepted event is done as well", async () => {
  const made = world({ dedupe: false });
  const { done } = await accepted(made);
  await done(new Error("x"));
  await made.receiver.close();
});

test("close waits no longer than its lease for an event that is never settled", async () => {
  for (const dedupe of [undefined, false] as const) {
    const made = world({ dedupe });
    const { done } = await accepted(made);
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

test("an event that is never settled comes again after its lease", async () => {
  const made = world();
  await accepted(made);
  await made.clock.advance(44_999);
  expect((await made.receiver.receive(request())).status).toBe(409);
  await made.clock.advance(1);
  expect(answer(await made.receiver.receive(request())).body).toEqual({ ok: true });
});
