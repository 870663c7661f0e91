import { expect } from "vitest";
import type { RecoverResult } from "../../../engine/src/index.ts";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook } from "./test-store.ts";

/** That webhooks, users and deliveries can be found again as they were written. */
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
    expect(await opened.store.webhooks.get("wbh_nobody")).toBeNull();
  });

  storeTest("a change is made once: of two that saw the same version, one is refused", async (opened) => {
    const own = createWebhook();
    await opened.create(own);
    const changes = await Promise.all(
      [1, 2, 3].map((n) => opened.store.webhooks.update(own.id, 1, { description: `${n}` })),
    );
    const made = changes.filter((change) => change !== null);
    expect(made).toHaveLength(1);
    expect(await opened.store.webhooks.get(own.id)).toEqual(made[0]);
    expect(made[0]?.version).toBe(2);
  });

  storeTest("patterns that were changed match from then on", async (opened) => {
    const own = createWebhook({ topics: ["x.y"] });
    await opened.create(own);
    await opened.publish(createEvent());
    await opened.store.webhooks.update(own.id, 1, { topics: ["a.b"] });
    expect((await opened.publish(createEvent()))[0]).toMatchObject({ deliveries: 1 });
    expect(await opened.claim()).toHaveLength(1);
  });

  storeTest("an account has no more webhooks than it may", async (opened) => {
    await opened.store.webhooks.create(createWebhook(), 1);
    await expect(opened.store.webhooks.create(createWebhook(), 1)).rejects.toMatchObject({ code: "limit_reached" });
    await opened.store.webhooks.create(createWebhook({ account: "other" }), 1);
  });

  storeTest("lists come in pages that miss nothing and repeat nothing", async (opened) => {
    await opened.create(...Array.from({ length: 7 }, () => createWebhook()), createWebhook({ account: "other" }));
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

  storeTest("properties are put over those that were there, and each account has its own users", async (opened) => {
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
  });

  storeTest("a delivery says what was tried, and a dead one why", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent({ id: "evt_seen" }));
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect((await opened.store.deliveries.get(claim.delivery))?.delivery).toMatchObject({
      attempts: 0,
      status: null,
      ms: null,
    });
    await opened.retry(claim, 1000);
    expect((await opened.store.deliveries.get(claim.delivery))?.delivery).toMatchObject({
      state: "pending",
      dueIn: 1000,
      status: 503,
      ms: 5,
      event: { id: "evt_seen", topic: "a.b" },
    });
    await opened.advance(1000);
    const [again] = await opened.claim();
    if (again !== undefined) await opened.fail(again);
    expect(await opened.store.deliveries.get(claim.delivery)).toMatchObject({
      delivery: { state: "dead", attempts: 2, status: 400, ms: 9, reason: "answered 400", dueIn: null },
      attempts: [
        { number: 1, status: 503, answer: "busy" },
        { number: 2, status: 400, answer: "no" },
      ],
    });
  });

  storeTest("a settled delivery can be retried, a pending one not", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.store.deliveries.retry(claim.delivery)).toBe(false);
    await opened.fail(claim);
    expect(await opened.store.deliveries.retry(claim.delivery)).toBe(true);
    expect(await opened.store.deliveries.retry("dlv_nobody")).toBe(false);
    expect(await opened.claim()).toMatchObject([{ delivery: claim.delivery, attempts: 1 }]);
  });

  storeTest("recovering revives what is dead and makes what was missed, once, and no older", async (opened) => {
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
    expect(await recover()).toEqual({ recovered: 2, next: null });
    expect(await recover()).toEqual({ recovered: 0, next: null });
    const bodies = (await opened.claim()).map(({ body }) => JSON.parse(body) as { id: string });
    expect(bodies.map(({ id }) => id).sort()).toEqual(["evt_dead", "evt_missed"]);
  });

  storeTest(
    "recovering revives what was missed, put down and died, whatever was published since",
    async (opened) => {
      const own = createWebhook({ enabled: false, disabledBy: "failing" });
      await opened.create(own);
      await opened.publish(createEvent({ id: "evt_missed" }));
      await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
      const recover = (): Promise<RecoverResult> => opened.store.deliveries.recover(own.id, 100_000, 100, null);
      expect(await recover()).toEqual({ recovered: 1, next: null });
      await opened.publish(createEvent({ id: "evt_later" }));
      for (const claim of await opened.claim()) await opened.fail(claim);
      expect(await recover()).toEqual({ recovered: 2, next: null });
    },
  );

  storeTest(
    "to remove a webhook makes room at once for what its account may have pending",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_full" }), createWebhook({ id: "wbh_other", topics: ["c.d"] }));
      await opened.publish(createEvent(), createEvent(), createEvent());
      const refused = { refused: expect.objectContaining({ code: "limit_reached" }) };
      expect(await opened.publish(createEvent({ topic: "c.d" }))).toMatchObject([refused]);
      const [claim] = await opened.claim(1);
      await opened.store.webhooks.delete("wbh_full");
      if (claim !== undefined) await opened.complete(claim);
      const three = await opened.publish(...[1, 2, 3].map(() => createEvent({ topic: "c.d" })));
      expect(three).toMatchObject([{ deliveries: 1 }, { deliveries: 1 }, { deliveries: 1 }]);
      expect(await opened.publish(createEvent({ topic: "c.d" }))).toMatchObject([refused]);
    },
    { maxPending: 3 },
  );
}
