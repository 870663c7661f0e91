import { expect } from "vitest";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook, LEASE_MS } from "./test-store.ts";

/** Leases and their expiry. */
export function testLeases(storeTest: StoreTest): void {
  storeTest("a delivery whose lease expired is claimable, with no attempt counted", async (opened) => {
    await opened.create(createWebhook({ concurrency: 1 }));
    await opened.publish(createEvent());
    const [claim] = await opened.claim(1, "one");
    await opened.advance(LEASE_MS - 1);
    expect(await opened.claim(1, "two")).toEqual([]);
    await opened.advance(1);
    expect(await opened.claim(1, "two")).toMatchObject([{ delivery: claim?.delivery, attemptCount: 0 }]);
  });

  storeTest("completing with an expired lease changes nothing and is reported", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [late] = await opened.claim(1, "one");
    await opened.advance(LEASE_MS);
    const [now] = await opened.claim(1, "two");
    if (late === undefined || now === undefined) throw new Error("nothing was claimed");
    expect(await opened.fail(late)).toEqual([late.lease]);
    expect(await opened.complete(now)).toEqual([]);
    expect(await opened.store.deliveries.get(now.delivery)).toMatchObject({
      delivery: { state: "delivered", attemptCount: 1 },
      attempts: [{ responseStatus: 200 }],
    });
  });

  storeTest("a lease completes once", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.complete(claim)).toEqual([]);
    expect(await opened.complete(claim)).toEqual([claim.lease]);
  });

  storeTest("renewing extends leases, and returns the lost ones", async (opened) => {
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

  storeTest("results of a batch are independent: a lost lease affects no other", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent(), createEvent());
    const [claimA, claimB] = await opened.claim(2);
    if (claimA === undefined || claimB === undefined) throw new Error("nothing was claimed");
    const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
    const completion = { state: "delivered" } as const;
    const lost = await opened.store.complete([
      { lease: claimA.lease, completion, attempt },
      { lease: "unknown/lease", completion, attempt },
      { lease: claimB.lease, completion, attempt },
    ]);
    expect(lost).toEqual(["unknown/lease"]);
    expect((await opened.store.deliveries.list({ state: "delivered" }, {})).data).toHaveLength(2);
  });

  storeTest("the leases and deliveries of a deleted webhook are lost", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_deleted" }));
    await opened.publish(createEvent(), createEvent());
    const [claim] = await opened.claim(1);
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.store.webhooks.delete("wbh_deleted")).toBe(true);
    expect(await opened.complete(claim)).toEqual([claim.lease]);
    expect(await opened.claim()).toEqual([]);
    expect(await opened.store.nextDueIn()).toBeNull();
  });

  storeTest(
    "completing deliveries while their webhook is deleted affects no other",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_deleted" }),
        createWebhook({ id: "wbh_stays", topics: ["c.d"] }),
      );
      await opened.publish(createEvent(), createEvent(), createEvent({ topic: "c.d" }));
      const claims = await opened.claim();
      const [isDeleted] = await Promise.all([
        opened.store.webhooks.delete("wbh_deleted"),
        ...claims.map((claim) => opened.complete(claim)),
      ]);
      expect(isDeleted).toBe(true);
      const { data } = await opened.store.deliveries.list({}, {});
      expect(data).toMatchObject([{ webhook: "wbh_stays", state: "delivered" }]);
      const more = await opened.publish(...[1, 2, 3, 4].map(() => createEvent({ topic: "c.d" })));
      expect(more.filter((result) => "error" in result)).toHaveLength(1);
    },
    { maxPending: 3 },
  );
}
