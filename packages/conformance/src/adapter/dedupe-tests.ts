import { expect } from "vitest";
import { createEventBody, createSignedPost } from "../signed-request.ts";
import type { AdapterUnderTest, TestDedupeStore } from "../types.ts";
import { createAdapterTest, createGate } from "./test-server.ts";

const HANDLED_RESPONSE = { status: 200, body: '{"ok":true}' };
const DUPLICATE_RESPONSE = { status: 200, body: '{"ok":true,"duplicate":true}' };

/** A store that accepts everything, except for overridden methods. */
function store(changed: Partial<TestDedupeStore>): TestDedupeStore {
  return { reserve: () => ({ token: "t" }), complete() {}, release() {}, ...changed };
}

function failing(): never {
  throw new Error("connection to 10.0.0.7 lost");
}

export function testDeduplication(adapter: AdapterUnderTest): void {
  const adapterTest = createAdapterTest(adapter);

  adapterTest("a duplicate gets 200 and is not handled again", async (open) => {
    const { send, handled, clock } = await open();
    const post = createSignedPost();
    expect(await send(post)).toMatchObject(HANDLED_RESPONSE);
    expect(await send(post)).toMatchObject(DUPLICATE_RESPONSE);
    await clock.advance(86_399_999);
    expect(await send(post)).toMatchObject(DUPLICATE_RESPONSE);
    expect(handled).toHaveLength(1);
    await clock.advance(1);
    expect(await send(post)).toMatchObject(HANDLED_RESPONSE);
    expect(handled).toHaveLength(2);
  });

  adapterTest("two events with one id are duplicates; two with equal content are not", async (open) => {
    const { send, handled } = await open();
    expect(await send(createSignedPost(createEventBody({ id: "evt_1" })))).toMatchObject(HANDLED_RESPONSE);
    expect(await send(createSignedPost(createEventBody({ id: "evt_1" })))).toMatchObject(DUPLICATE_RESPONSE);
    expect(await send(createSignedPost(createEventBody({ id: "evt_2", data: 1 })))).toMatchObject(
      HANDLED_RESPONSE,
    );
    expect(await send(createSignedPost(createEventBody({ id: "evt_3", data: 1 })))).toMatchObject(
      HANDLED_RESPONSE,
    );
    expect(handled).toHaveLength(3);
  });

  adapterTest("without dedupe, duplicates are handled", async (open) => {
    const { send, handled } = await open({ dedupe: false });
    const post = createSignedPost();
    expect(await send(post)).toMatchObject(HANDLED_RESPONSE);
    expect(await send(post)).toMatchObject(HANDLED_RESPONSE);
    expect(handled).toHaveLength(2);
  });

  adapterTest(
    "of concurrent identical requests one is handled; the others get 409 with Retry-After",
    async (open) => {
      const [started, release] = [createGate(), createGate()];
      let runs = 0;
      const on = {
        "**": () => {
          runs++;
          started.open();
          return release.opened;
        },
      };
      const { send } = await open({ on });
      const post = createSignedPost();
      const first = send(post);
      await started.opened;
      const others = await Promise.all(Array.from({ length: 9 }, () => send(post)));
      for (const otherEvent of others) {
        expect(otherEvent).toMatchObject({ status: 409, body: '{"error":"duplicate_in_progress"}' });
        expect(otherEvent.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
      }
      release.open();
      expect(await first).toMatchObject(HANDLED_RESPONSE);
      expect(await send(post)).toMatchObject(DUPLICATE_RESPONSE);
      expect(runs).toBe(1);
    },
  );

  adapterTest(
    "an event with a hanging handler is not handled concurrently, and is accepted after its lease",
    async (open) => {
      const started = [createGate(), createGate()];
      let runs = 0;
      const on = {
        "**": () => {
          started[runs++]?.open();
          return new Promise<void>(() => {});
        },
      };
      const { send, clock } = await open({ on });
      const post = createSignedPost();
      const first = send(post);
      await started[0]?.opened;
      await clock.advance(44_999);
      expect(await first).toMatchObject({ status: 503 });
      expect(await send(post)).toMatchObject({ status: 409 });
      expect(runs).toBe(1);
      await clock.advance(1);
      const second = send(post);
      await started[1]?.opened;
      // Its lease has expired too, so close resolves.
      await clock.advance(45_000);
      expect(await second).toMatchObject({ status: 503 });
    },
  );

  adapterTest("Retry-After of a 409 is the busy time of the store, rounded up", async (open) => {
    const { send, handled } = await open({ dedupe: store({ reserve: () => ({ busy: 12_001 }) }) });
    expect(await send(createSignedPost())).toMatchObject({ status: 409, headers: { "retry-after": "13" } });
    expect(handled).toEqual([]);
  });

  adapterTest("nothing is reserved before the signature is verified", async (open) => {
    let reserved = 0;
    const reserve: TestDedupeStore["reserve"] = () => {
      reserved++;
      return "done";
    };
    const { send } = await open({ dedupe: store({ reserve }) });
    expect(await send({ ...createSignedPost(), body: createEventBody() })).toMatchObject({ status: 401 });
    expect(reserved).toBe(0);
    expect(await send(createSignedPost())).toMatchObject(DUPLICATE_RESPONSE);
    expect(reserved).toBe(1);
  });

  adapterTest("503 if the store cannot reserve, or takes over 2 s", async (open) => {
    for (const reserve of [failing, async () => failing()]) {
      const { send, handled, logger } = await open({ dedupe: store({ reserve }) });
      expect(await send(createSignedPost())).toMatchObject({
        status: 503,
        body: '{"error":"dedupe_unavailable"}',
      });
      expect(handled).toEqual([]);
      expect(logger.lines).toMatchObject([{ level: "error", details: { code: "dedupe_unavailable" } }]);
    }
    const slow = await open({ dedupe: store({ reserve: () => new Promise(() => {}) }) });
    const response = slow.send(createSignedPost());
    await slow.clock.waitForTimer(2000);
    await slow.clock.advance(2000);
    expect(await response).toMatchObject({ status: 503 });
    expect(slow.handled).toEqual([]);
  });

  adapterTest("a failure to complete is logged; the response is 200", async (open) => {
    for (const complete of [failing, async () => failing()]) {
      const { send, handled, logger } = await open({ dedupe: store({ complete }) });
      expect(await send(createSignedPost())).toMatchObject(HANDLED_RESPONSE);
      expect(handled).toHaveLength(1);
      expect(logger.lines).toMatchObject([{ level: "error", details: { code: "dedupe_unavailable" } }]);
    }
  });

  adapterTest("a failure to release is logged; the response is that of the handler's error", async (open) => {
    const on = { "**": () => Promise.reject(new Error("no")) };
    const { send, logger } = await open({ on, dedupe: store({ release: failing }) });
    expect(await send(createSignedPost())).toMatchObject({ status: 500 });
    expect(logger.lines.map(({ details }) => details["code"])).toEqual([
      "dedupe_unavailable",
      "handler_failed",
    ]);
  });

  adapterTest("the store is updated once after success, and once after failure", async (open) => {
    const calls: string[] = [];
    let fail = true;
    const on = {
      "**": () => {
        if (fail) throw new Error("no");
      },
    };
    const dedupe = store({
      complete: (_key, token, ttl) => void calls.push(`complete ${token} ${ttl}`),
      release: (_key, token) => void calls.push(`release ${token}`),
    });
    const { send } = await open({ on, dedupe });
    await send(createSignedPost());
    fail = false;
    await send(createSignedPost());
    expect(calls).toEqual(["release t", "complete t 86400000"]);
  });
}
