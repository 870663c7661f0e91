import { expect } from "vitest";
import { AMOUNT_IS_BIG, claimTopics, createPayment, PLAN_IS_PRO } from "./label-events.ts";
import type { StoreTest } from "./store-test.ts";
import { createWebhook } from "./test-store.ts";

/** Which events the conditions of a webhook select. */
export function testConditions(storeTest: StoreTest): void {
  storeTest(
    "a webhook with conditions gets the events that match all of them, others get all",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_all" }),
        createWebhook({ id: "wbh_big", conditions: [AMOUNT_IS_BIG] }),
        createWebhook({ id: "wbh_pro", conditions: [AMOUNT_IS_BIG, PLAN_IS_PRO] }),
        createWebhook({ id: "wbh_other", topics: ["c.d"], conditions: [AMOUNT_IS_BIG] }),
      );
      await opened.store.users.addProperties("acme", "u", { plan: "pro" });
      const published = await opened.publish(
        createPayment(5),
        createPayment(100),
        createPayment(200, { user: "u" }),
        createPayment(300, { user: "unknown" }),
      );
      expect(published.map((result) => "deliveryCount" in result && result.deliveryCount)).toEqual([
        1, 2, 3, 2,
      ]);
      expect(await claimTopics(opened)).toEqual([
        ...Array.from({ length: 4 }, () => "wbh_all a.b"),
        ...Array.from({ length: 3 }, () => "wbh_big a.b"),
        "wbh_pro a.b",
      ]);
    },
  );

  storeTest("changed conditions and properties apply to events published afterwards", async (opened) => {
    const webhook = createWebhook({ id: "wbh_conditional", conditions: [PLAN_IS_PRO] });
    await opened.create(webhook);
    const countDeliveries = async (): Promise<unknown> => {
      const [published] = await opened.publish(createPayment(1, { id: `k${Math.random()}`, user: "u" }));
      return published !== undefined && "deliveryCount" in published && published.deliveryCount;
    };
    expect(await countDeliveries()).toBe(0);
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    expect(await countDeliveries()).toBe(1);
    await opened.store.users.addProperties("acme", "u", { plan: "free" });
    expect(await countDeliveries()).toBe(0);
    await opened.store.webhooks.update(webhook.id, 1, { conditions: [] });
    expect(await countDeliveries()).toBe(1);
    await opened.store.webhooks.update(webhook.id, 2, { conditions: [AMOUNT_IS_BIG] });
    expect(await countDeliveries()).toBe(0);
    await opened.store.webhooks.delete(webhook.id);
    expect(await countDeliveries()).toBe(0);
  });

  storeTest("a targeted event ignores the conditions of its webhook", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_target", conditions: [AMOUNT_IS_BIG] }));
    const [published] = await opened.publish(createPayment(1, { webhook: "wbh_target" }));
    expect(published).toMatchObject({ deliveryCount: 1 });
  });

  storeTest("recovering adds missed events that match the conditions", async (opened) => {
    const own = createWebhook({
      id: "wbh_late",
      enabled: false,
      disabledBy: "owner",
      conditions: [AMOUNT_IS_BIG, PLAN_IS_PRO],
    });
    await opened.create(own);
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    await opened.publish(
      createPayment(1, { user: "u" }),
      createPayment(100, { user: "u" }),
      createPayment(200),
    );
    await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
    expect(await opened.store.deliveries.recover(own.id, 10_000, 100, null)).toEqual({
      recovered: 1,
      nextCursor: null,
    });
    expect((await opened.claim()).map(({ body }) => JSON.parse(body).data)).toEqual([{ amount: 100 }]);
  });
}
