import { expect } from "vitest";
import { deferred } from "../deferred.ts";
import { createEventBody, createSignedPost, SECRET, signBody } from "../signed-request.ts";
import type { AdapterUnderTest, TestContext, TestEvent } from "../types.ts";
import { createAdapterTest, createGate } from "./test-server.ts";

export function testHandlers(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest("a signed event reaches its handler and gets 200", async (open) => {
    const { send, handled } = await open();
    const body = createEventBody({ data: { name: "Zoë 🦩", amount: 1.5 }, extra: [1] });
    const response = await send(createSignedPost(body));
    expect(response).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(response.headers.connection).not.toBe("close");
    expect(handled).toEqual([JSON.parse(body)]);
  });

  adapterTest("a handler gets the verified bytes, with numbers that JSON.parse rounds", async (open) => {
    const bodies: unknown[] = [];
    const on = {
      "**": (_event: TestEvent, { rawBody }: TestContext) => bodies.push(Buffer.from(rawBody).toString()),
    };
    const { send } = await open({ on });
    const body = '{ "topic": "a.b", "data": { "n": 9007199254740993, "name": "Zo\u00eb" } }';
    expect(await send(createSignedPost(body))).toMatchObject({ status: 200 });
    expect(bodies).toEqual([body]);
  });

  adapterTest("an event without a handler gets 200", async (open) => {
    const received: TestEvent[] = [];
    const { send } = await open({ on: { "pdf.failed": (event) => received.push(event) } });
    expect(await send(createSignedPost(createEventBody({ topic: "made.up" })))).toMatchObject({
      status: 200,
    });
    expect(received).toEqual([]);
  });

  adapterTest("handlers run in sequence, most specific pattern first, each list in order", async (open) => {
    const order: string[] = [];
    const step = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
    };
    const on = {
      "*": step("*"),
      "*.processed": step("*.processed"),
      "end_user.**": step("end_user.**"),
      "end_user.*": step("end_user.*"),
      "end_user.processed": [step("first"), step("second")],
      "pdf.*": step("pdf.*"),
    };
    const { send } = await open({ on });
    expect(await send(createSignedPost())).toMatchObject({ status: 200 });
    const calls = ["first", "second", "end_user.*", "end_user.**", "*.processed", "*"];
    expect(order).toEqual(calls.flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  adapterTest("the first error stops the other handlers, and the retry runs all of them", async (open) => {
    const ran: string[] = [];
    let failures = 1;
    const on = {
      "end_user.processed": [
        () => void ran.push("first"),
        () => {
          ran.push("second");
          if (failures-- > 0) throw new Error("not yet");
        },
      ],
      "**": () => void ran.push("third"),
    };
    const { send } = await open({ on });
    const post = createSignedPost();
    expect(await send(post)).toMatchObject({ status: 500 });
    expect(ran.splice(0)).toEqual(["first", "second"]);
    expect(await send(post)).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(ran).toEqual(["first", "second", "third"]);
  });

  adapterTest("the context has the event's id, body form and secret", async (open) => {
    const contexts: TestContext[] = [];
    const on = { "**": (_event: TestEvent, context: TestContext) => void contexts.push(context) };
    const { send } = await open({ on, secret: ["sec_new-key-not-in-use-yet", SECRET] });
    const plain = createEventBody();
    await send(createSignedPost(plain));
    await send(createSignedPost(createEventBody({ id: "evt_1" })));
    expect(contexts).toMatchObject([
      { id: signBody(plain), form: "raw", secretIndex: 1 },
      { id: "evt_1", form: "raw", secretIndex: 1 },
    ]);
    for (const { request, signal } of contexts) {
      expect(request).toBeTypeOf("object");
      expect(signal).toBeInstanceOf(AbortSignal);
      expect(signal.aborted).toBe(false);
    }
  });

  adapterTest("Discard responds with 200 and completes the event", async (open) => {
    let runs = 0;
    const on = {
      "**": () => {
        runs++;
        throw adapter.discard();
      },
    };
    const { send } = await open({ on });
    const post = createSignedPost();
    expect(await send(post)).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(await send(post)).toMatchObject({ status: 200, body: '{"ok":true,"duplicate":true}' });
    expect(runs).toBe(1);
  });

  adapterTest("Retry responds with 503, and with Retry-After if set", async (open) => {
    let runs = 0;
    const on = {
      "**": () => {
        throw adapter.retry(runs++ === 0 ? "30s" : undefined);
      },
    };
    const { send } = await open({ on });
    const post = createSignedPost();
    expect(await send(post)).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
    const second = await send(post);
    expect(second.status).toBe(503);
    expect(second.headers["retry-after"]).toBeUndefined();
    expect(runs).toBe(2);
  });

  adapterTest(
    "after the timeout the response is 503, the signal aborted and the event still reserved",
    async (open) => {
      const started = deferred<AbortSignal>();
      const release = createGate();
      const finished = createGate();
      const on = {
        "**": async (_event: TestEvent, { signal }: TestContext) => {
          started.resolve(signal);
          await release.opened;
          setImmediate(finished.open);
        },
      };
      const { send, clock } = await open({ on });
      const post = createSignedPost();
      const first = send(post);
      const signal = await started.promise;
      await clock.advance(8999);
      expect(signal.aborted).toBe(false);
      await clock.advance(1);
      expect(signal.aborted).toBe(true);
      expect(await first).toMatchObject({ status: 503, body: '{"error":"handler_timeout"}' });
      expect(await send(post)).toMatchObject({ status: 409 });
      release.open();
      await finished.opened;
      expect(await send(post)).toMatchObject({ status: 200, body: '{"ok":true,"duplicate":true}' });
    },
  );

  adapterTest("other requests are not changed", async (open) => {
    const { send, handled } = await open({ bodyLimit: 64 });
    const body = JSON.stringify({ text: "x".repeat(1000), n: [1, 2.5, null] });
    const headers = { "content-type": "application/json" };
    const response = await send({ method: "POST", path: "/other", headers, body });
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body)).toEqual(JSON.parse(body));
    expect(await send({ path: "/" })).toMatchObject({ status: 200 });
    expect(await send({ path: "/webhooks" })).toMatchObject({ status: 404 });
    expect(await send({ path: "/webhooks/heron/more" })).toMatchObject({ status: 404 });
    expect(handled).toEqual([]);
  });
}
