import { expect } from "vitest";
import { BIG, claimed, PRO, payment } from "./label-events.ts";
import type { Law } from "./law.ts";
import { webhook } from "./opened.ts";

/** Which events a webhook's conditions choose. */
export function conditionLaws(law: Law): void {
  law("a webhook with conditions gets the events of which they all hold, others get all", async (opened) => {
    await opened.create(
      webhook({ id: "wbh_all" }),
      webhook({ id: "wbh_big", when: [BIG] }),
      webhook({ id: "wbh_pro", when: [BIG, PRO] }),
      webhook({ id: "wbh_other", topics: ["c.d"], when: [BIG] }),
    );
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    const published = await opened.publish(
      payment(5),
      payment(100),
      payment(200, { user: "u" }),
      payment(300, { user: "nobody" }),
    );
    expect(published.map((one) => "deliveries" in one && one.deliveries)).toEqual([1, 2, 3, 2]);
    expect(await claimed(opened)).toEqual([
      ...Array.from({ length: 4 }, () => "wbh_all a.b"),
      ...Array.from({ length: 3 }, () => "wbh_big a.b"),
      "wbh_pro a.b",
    ]);
  });

  law(
    "conditions that change hold of what is published from then on, and so do properties",
    async (opened) => {
      const own = webhook({ id: "wbh_when", when: [PRO] });
      await opened.create(own);
      const deliveries = async (): Promise<unknown> => {
        const [one] = await opened.publish(payment(1, { id: `k${Math.random()}`, user: "u" }));
        return one !== undefined && "deliveries" in one && one.deliveries;
      };
      expect(await deliveries()).toBe(0);
      await opened.store.users.addProperties("acme", "u", { plan: "pro" });
      expect(await deliveries()).toBe(1);
      await opened.store.users.addProperties("acme", "u", { plan: "free" });
      expect(await deliveries()).toBe(0);
      await opened.store.webhooks.update(own.id, 1, { when: [] });
      expect(await deliveries()).toBe(1);
      await opened.store.webhooks.update(own.id, 2, { when: [BIG] });
      expect(await deliveries()).toBe(0);
      await opened.store.webhooks.remove(own.id);
      expect(await deliveries()).toBe(0);
    },
  );

  law("an event that is for a webhook by name is for it whatever its conditions", async (opened) => {
    await opened.create(webhook({ id: "wbh_named", when: [BIG] }));
    const [published] = await opened.publish(payment(1, { webhook: "wbh_named" }));
    expect(published).toMatchObject({ deliveries: 1 });
  });

  law("recovering makes what was missed of what the conditions hold", async (opened) => {
    const own = webhook({ id: "wbh_late", enabled: false, disabledBy: "owner", when: [BIG, PRO] });
    await opened.create(own);
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    await opened.publish(payment(1, { user: "u" }), payment(100, { user: "u" }), payment(200));
    await opened.store.webhooks.update(own.id, 1, { enabled: true, disabledBy: null });
    expect(await opened.store.deliveries.recover(own.id, 10_000, 100, null)).toEqual({
      recovered: 1,
      next: null,
    });
    expect((await opened.claim()).map(({ body }) => JSON.parse(body).data)).toEqual([{ amount: 100 }]);
  });
}
