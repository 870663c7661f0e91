import { expect } from "vitest";
import type { StoreTest } from "./store-test.ts";
import { createEvent, LEASE_MS, createWebhook } from "./test-store.ts";

/** What a lease gives, and what is left of it when it has ended. */
export function testLeases(storeTest: StoreTest): void {
  storeTest("a lease that ended makes its delivery claimable, with no attempt counted", async (opened) => {
    await opened.create(createWebhook({ concurrency: 1 }));
    await opened.publish(createEvent());
    const [claim] = await opened.claim(1, "one");
    await opened.advance(LEASE_MS - 1);
    expect(await opened.claim(1, "two")).toEqual([]);
    await opened.advance(1);
    expect(await opened.claim(1, "two")).toMatchObject([{ delivery: claim?.delivery, attempts: 0 }]);
  });

  storeTest("a settle that comes late changes nothing and is reported", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [late] = await opened.claim(1, "one");
    await opened.advance(LEASE_MS);
    const [now] = await opened.claim(1, "two");
    if (late === undefined || now === undefined) throw new Error("nothing was claimed");
    expect(await opened.fail(late)).toEqual([late.lease]);
    expect(await opened.complete(now)).toEqual([]);
    expect(await opened.store.deliveries.get(now.delivery)).toMatchObject({
      delivery: { state: "delivered", attempts: 1 },
      attempts: [{ status: 200 }],
    });
  });

  storeTest("a lease settles once", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.complete(claim)).toEqual([]);
    expect(await opened.complete(claim)).toEqual([claim.lease]);
  });

  storeTest("renewing holds a lease for longer, and says which could not be", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    await opened.advance(LEASE_MS - 1);
    expect(await opened.store.renew([claim.lease], LEASE_MS)).toEqual([]);
    await opened.advance(LEASE_MS - 1);
    expect(await opened.claim(1, "two")).toEqual([]);
    expect(await opened.complete(claim)).toEqual([]);
    expect(await opened.store.renew([claim.lease], LEASE_MS)).toEqual([claim.lease]);
  });

  storeTest("settles of a batch stand alone: a lost one takes no other with it", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent(), createEvent());
    const [claimA, two] = await opened.claim(2);
    if (claimA === undefined || two === undefined) throw new Error("nothing was claimed");
    const attempt = { status: 200, ms: 1, reason: null, answer: null };
    const completion = { state: "delivered" } as const;
    const lost = await opened.store.complete([
      { lease: claimA.lease, completion, attempt },
      { lease: "nobody/ever", completion, attempt },
      { lease: two.lease, completion, attempt },
    ]);
    expect(lost).toEqual(["nobody/ever"]);
    expect((await opened.store.deliveries.list({ state: "delivered" }, {})).data).toHaveLength(2);
  });

  storeTest("the leases of a webhook that was removed are lost, and its deliveries with them", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_gone" }));
    await opened.publish(createEvent(), createEvent());
    const [claim] = await opened.claim(1);
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.store.webhooks.delete("wbh_gone")).toBe(true);
    expect(await opened.complete(claim)).toEqual([claim.lease]);
    expect(await opened.claim()).toEqual([]);
    expect(await opened.store.nextDueIn()).toBeNull();
  });

  storeTest(
    "what is settled while its webhook is removed takes nothing with it",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_gone" }), createWebhook({ id: "wbh_stays", topics: ["c.d"] }));
      await opened.publish(createEvent(), createEvent(), createEvent({ topic: "c.d" }));
      const claims = await opened.claim();
      const [removed] = await Promise.all([
        opened.store.webhooks.delete("wbh_gone"),
        ...claims.map((claim) => opened.complete(claim)),
      ]);
      expect(removed).toBe(true);
      const { data } = await opened.store.deliveries.list({}, {});
      expect(data).toMatchObject([{ webhook: "wbh_stays", state: "delivered" }]);
      const more = await opened.publish(...[1, 2, 3, 4].map(() => createEvent({ topic: "c.d" })));
      expect(more.filter((result) => "refused" in result)).toHaveLength(1);
    },
    { maxPending: 3 },
  );
}
