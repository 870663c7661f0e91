import { expect } from "vitest";
import type { RecoverResult } from "../../../engine/src/index.ts";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook } from "./test-store.ts";

/** Webhooks, users and deliveries are stored as they were written. */
export function testRecords(storeTest: StoreTest): void {
  storeTest("a webhook is found as it was written", async (opened) => {
    const own = createWebhook({
      headers: { "X-One": "1" },
      template: { a: ["{{ data.x }}", null, 1.5] },
      metadata: { k: "é☃𝄞" },
      rateLimit: 3,
      secrets: [
        { value: "sec_a", expiresAt: 5 },
        { value: "sec_b", expiresAt: null },
      ],
    });
    await opened.create(own);
    expect(await opened.store.webhooks.get(own.id)).toEqual(own);
    expect(await opened.store.webhooks.get("wbh_unknown")).toBeNull();
  });

  storeTest("concurrent updates of the same version: only one succeeds", async (opened) => {
    const own = createWebhook();
    await opened.create(own);
    const changes = await Promise.all(
      [1, 2, 3].map((n) => opened.store.webhooks.update(own.id, 1, { description: `${n}` })),
    );
    const updated = changes.filter((change) => change !== null);
    expect(updated).toHaveLength(1);
    expect(await opened.store.webhooks.get(own.id)).toEqual(updated[0]);
    expect(updated[0]?.version).toBe(2);
  });

  storeTest("changed patterns apply to events published afterwards", async (opened) => {
    const own = createWebhook({ topics: ["x.y"] });
    await opened.create(own);
    await opened.publish(createEvent());
    await opened.store.webhooks.update(own.id, 1, { topics: ["a.b"] });
    expect((await opened.publish(createEvent()))[0]).toMatchObject({ deliveryCount: 1 });
    expect(await opened.claim()).toHaveLength(1);
  });

  storeTest("an account cannot exceed its limit of webhooks", async (opened) => {
    await opened.store.webhooks.create(createWebhook(), 1);
    await expect(opened.store.webhooks.create(createWebhook(), 1)).rejects.toMatchObject({
      code: "limit_reached",
    });
    await opened.store.webhooks.create(createWebhook({ account: "other" }), 1);
  });

  storeTest("pages of a list neither skip nor repeat items", async (opened) => {
    await opened.create(
      ...Array.from({ length: 7 }, () => createWebhook()),
      createWebhook({ account: "other" }),
    );
    await opened.publish(createEvent());
    const webhooks: string[] = [];
    const deliveries: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await opened.store.webhooks.list(
        { account: "acme" },
        { limit: 3, ...(cursor !== "" && { cursor }) },
      );
      webhooks.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await opened.store.deliveries.list({}, { limit: 2, ...(cursor !== "" && { cursor }) });
      deliveries.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect([new Set(webhooks).size, webhooks.length, new Set(deliveries).size, deliveries.length]).toEqual([
      7, 7, 7, 7,
    ]);
  });

  storeTest(
    "properties are merged into existing ones, and each account has its own users",
    async (opened) => {
      const { users } = opened.store;
      await users.addProperties("acme", "u", { a: 1, b: "x" });
      expect(await users.addProperties("acme", "u", { b: "y", __proto__x: 1 })).toEqual({
        a: 1,
        b: "y",
        __proto__x: 1,
      });
      expect(await users.get("acme", "u")).toEqual({ a: 1, b: "y", __proto__x: 1 });
      expect(await users.get("other", "u")).toBeNull();
      expect(await users.delete("acme", "u")).toBe(true);
      expect(await users.get("acme", "u")).toBeNull();
    },
  );

  storeTest("a delivery has its attempts, and a dead one its reason", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent({ id: "evt_seen" }));
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect((await opened.store.deliveries.get(claim.delivery))?.delivery).toMatchObject({
      attemptCount: 0,
      responseStatus: null,
      durationMs: null,
    });
    await opened.retry(claim, 1000);
    expect((await opened.store.deliveries.get(claim.delivery))?.delivery).toMatchObject({
      state: "pending",
      nextAttemptInMs: 1000,
      responseStatus: 503,
      durationMs: 5,
      event: { id: "evt_seen", topic: "a.b" },
    });
    await opened.advance(1000);
    const [again] = await opened.claim();
    if (again !== undefined) await opened.fail(again);
    expect(await opened.store.deliveries.get(claim.delivery)).toMatchObject({
      delivery: {
        state: "dead",
        attemptCount: 2,
        responseStatus: 400,
        durationMs: 9,
        reason: "answered 400",
        nextAttemptInMs: null,
      },
      attempts: [
        { number: 1, responseStatus: 503, responseBody: "busy" },
        { number: 2, responseStatus: 400, responseBody: "no" },
      ],
    });
  });

  storeTest("a completed delivery can be retried, a pending one cannot", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.store.deliveries.retry(claim.delivery)).toBe(false);
    await opened.fail(claim);
    expect(await opened.store.deliveries.retry(claim.delivery)).toBe(true);
    expect(await opened.store.deliveries.retry("dlv_unknown")).toBe(false);
    expect(await opened.claim()).toMatchObject([{ delivery: claim.delivery, attemptCount: 1 }]);
  });

  storeTest(
    "recovering requeues dead and adds missed deliveries, once, and no older ones",
    async (opened) => {
      const own = createWebhook({ enabled: false, disabledBy: "failing" });
      await opened.create(own);
      await opened.publish(createEvent({ id: "evt_old" }));
      await opened.advance(10_000);
      await opened.publish(createEvent({ id: "evt_missed" }));
      const on = await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
      expect(on?.enabled).toBe(true);
      await opened.publish(createEvent({ id: "evt_dead" }));
      const [claim] = await opened.claim();
      if (claim !== undefined) await opened.fail(claim);
      const recover = (): Promise<RecoverResult> => opened.store.deliveries.recover(own.id, 5000, 100, null);
      expect(await recover()).toEqual({ recovered: 2, nextCursor: null });
      expect(await recover()).toEqual({ recovered: 0, nextCursor: null });
      const bodies = (await opened.claim()).map(({ body }) => JSON.parse(body) as { id: string });
      expect(bodies.map(({ id }) => id).sort()).toEqual(["evt_dead", "evt_missed"]);
    },
  );

  storeTest(
    "recovering requeues a missed delivery that was added and died, whatever was published since",
    async (opened) => {
      const own = createWebhook({ enabled: false, disabledBy: "failing" });
      await opened.create(own);
      await opened.publish(createEvent({ id: "evt_missed" }));
      await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
      const recover = (): Promise<RecoverResult> =>
        opened.store.deliveries.recover(own.id, 100_000, 100, null);
      expect(await recover()).toEqual({ recovered: 1, nextCursor: null });
      await opened.publish(createEvent({ id: "evt_later" }));
      for (const claim of await opened.claim()) await opened.fail(claim);
      expect(await recover()).toEqual({ recovered: 2, nextCursor: null });
    },
  );

  storeTest(
    "deleting a webhook frees the account's pending quota at once",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_full" }),
        createWebhook({ id: "wbh_other", topics: ["c.d"] }),
      );
      await opened.publish(createEvent(), createEvent(), createEvent());
      const rejected = { error: expect.objectContaining({ code: "limit_reached" }) };
      expect(await opened.publish(createEvent({ topic: "c.d" }))).toMatchObject([rejected]);
      const [claim] = await opened.claim(1);
      await opened.store.webhooks.delete("wbh_full");
      if (claim !== undefined) await opened.complete(claim);
      const three = await opened.publish(...[1, 2, 3].map(() => createEvent({ topic: "c.d" })));
      expect(three).toMatchObject([{ deliveryCount: 1 }, { deliveryCount: 1 }, { deliveryCount: 1 }]);
      expect(await opened.publish(createEvent({ topic: "c.d" }))).toMatchObject([rejected]);
    },
    { maxPending: 3 },
  );
}
