import { expect } from "vitest";
import type { Law } from "./law.ts";
import { event, LEASE, webhook } from "./opened.ts";

/** What a lease gives, and what is left of it when it has ended. */
export function leaseLaws(law: Law): void {
  law("a lease that ended makes its delivery claimable, with no attempt counted", async (opened) => {
    await opened.create(webhook({ concurrency: 1 }));
    await opened.publish(event());
    const [claim] = await opened.claim(1, "one");
    await opened.advance(LEASE - 1);
    expect(await opened.claim(1, "two")).toEqual([]);
    await opened.advance(1);
    expect(await opened.claim(1, "two")).toMatchObject([{ delivery: claim?.delivery, attempts: 0 }]);
  });

  law("a settle that comes late changes nothing and is reported", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event());
    const [late] = await opened.claim(1, "one");
    await opened.advance(LEASE);
    const [now] = await opened.claim(1, "two");
    if (late === undefined || now === undefined) throw new Error("nothing was claimed");
    expect(await opened.kill(late)).toEqual([late.lease]);
    expect(await opened.settle(now)).toEqual([]);
    expect(await opened.store.deliveries.get(now.delivery)).toMatchObject({
      delivery: { state: "delivered", attempts: 1 },
      attempts: [{ status: 200 }],
    });
  });

  law("a lease settles once", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.settle(claim)).toEqual([]);
    expect(await opened.settle(claim)).toEqual([claim.lease]);
  });

  law("renewing holds a lease for longer, and says which could not be", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event());
    const [claim] = await opened.claim();
    if (claim === undefined) throw new Error("nothing was claimed");
    await opened.advance(LEASE - 1);
    expect(await opened.store.renew([claim.lease], LEASE)).toEqual([]);
    await opened.advance(LEASE - 1);
    expect(await opened.claim(1, "two")).toEqual([]);
    expect(await opened.settle(claim)).toEqual([]);
    expect(await opened.store.renew([claim.lease], LEASE)).toEqual([claim.lease]);
  });

  law("settles of a batch stand alone: a lost one takes no other with it", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event(), event());
    const [one, two] = await opened.claim(2);
    if (one === undefined || two === undefined) throw new Error("nothing was claimed");
    const attempt = { status: 200, ms: 1, reason: null, answer: null };
    const settled = { state: "delivered" } as const;
    const lost = await opened.store.settle([
      { lease: one.lease, settled, attempt },
      { lease: "nobody/ever", settled, attempt },
      { lease: two.lease, settled, attempt },
    ]);
    expect(lost).toEqual(["nobody/ever"]);
    expect((await opened.store.deliveries.list({ state: "delivered" }, {})).items).toHaveLength(2);
  });

  law("the leases of a webhook that was removed are lost, and its deliveries with them", async (opened) => {
    await opened.create(webhook({ id: "wbh_gone" }));
    await opened.publish(event(), event());
    const [claim] = await opened.claim(1);
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await opened.store.webhooks.remove("wbh_gone")).toBe(true);
    expect(await opened.settle(claim)).toEqual([claim.lease]);
    expect(await opened.claim()).toEqual([]);
    expect(await opened.store.nextDueIn()).toBeNull();
  });

  law(
    "what is settled while its webhook is removed takes nothing with it",
    async (opened) => {
      await opened.create(webhook({ id: "wbh_gone" }), webhook({ id: "wbh_stays", topics: ["c.d"] }));
      await opened.publish(event(), event(), event({ topic: "c.d" }));
      const claims = await opened.claim();
      const [removed] = await Promise.all([
        opened.store.webhooks.remove("wbh_gone"),
        ...claims.map((claim) => opened.settle(claim)),
      ]);
      expect(removed).toBe(true);
      const { items } = await opened.store.deliveries.list({}, {});
      expect(items).toMatchObject([{ webhook: "wbh_stays", state: "delivered" }]);
      const more = await opened.publish(...[1, 2, 3, 4].map(() => event({ topic: "c.d" })));
      expect(more.filter((one) => "refused" in one)).toHaveLength(1);
    },
    { maxPending: 3 },
  );
}
