import { expect } from "vitest";
import type { Recovered } from "../../../engine/src/index.ts";
import type { Law } from "./law.ts";
import { ANYTIME, event, LEASE, webhook } from "./opened.ts";

/** That what is too old, or too much, goes; and nothing else. */
export function ageingLaws(law: Law): void {
  law("pruning takes old events whose deliveries are settled, and nothing that is owed", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event(), event());
    const [claim] = await opened.claim(1);
    if (claim !== undefined) await opened.settle(claim);
    await opened.advance(10_000);
    const prune = async (olderThanMs: number): Promise<number> =>
      (await opened.store.prune({ olderThanMs, bytes: ANYTIME }, 100)).pruned;
    expect(await prune(20_000)).toBe(0);
    expect(await prune(5000)).toBe(1);
    expect(await opened.store.deliveries.get(claim?.delivery ?? "")).toBeNull();
    expect(await opened.claim()).toHaveLength(1);
  });

  law(
    "what was owed to webhooks that were removed keeps no event, in steps as small as they may be",
    async (opened) => {
      await opened.create(webhook({ id: "wbh_idle" }), webhook({ id: "wbh_owed", topics: ["c.d"] }));
      await opened.publish(event({ topic: "c.d" }));
      await opened.store.webhooks.remove("wbh_idle");
      await opened.store.webhooks.remove("wbh_owed");
      await opened.advance(10_000);
      let pruned = 0;
      for (let isDone = false; !isDone; ) {
        const step = await opened.store.prune({ olderThanMs: 1000, bytes: ANYTIME }, 1);
        pruned += step.pruned;
        isDone = step.isDone;
      }
      expect(pruned).toBe(1);
    },
  );

  law("of what is larger than it may be the oldest goes, as far as it is settled", async (opened) => {
    await opened.create(webhook());
    await opened.publish(event({ id: "evt_owed" }));
    const [owed] = await opened.claim(1);
    const body = "x".repeat(10_000);
    for (let n = 0; n < 200; n++) await opened.publish(event({ id: `evt_${n}`, body, idempotent: true }));
    for (let claims = await opened.claim(); claims.length > 0; claims = await opened.claim())
      for (const claim of claims) await opened.settle(claim);
    const prune = (bytes: number): Promise<{ readonly pruned: number; readonly isDone: boolean }> =>
      opened.store.prune({ olderThanMs: 1_000_000, bytes }, 20);
    expect(await prune(ANYTIME)).toEqual({ pruned: 0, isDone: true });
    let pruned = 0;
    for (let isDone = false; !isDone; ) {
      const step = await prune(1_000_000);
      pruned += step.pruned;
      isDone = step.isDone;
    }
    expect(pruned).toBeGreaterThan(80);
    expect(pruned).toBeLessThan(200);
    const isThere = async (id: string): Promise<boolean> => {
      const { published } = await opened.store.publish([event({ id, topic: "c.d", idempotent: true })]);
      return published.some((one) => "duplicate" in one && one.duplicate);
    };
    expect([await isThere(`evt_${pruned - 1}`), await isThere(`evt_${pruned}`)]).toEqual([false, true]);
    expect(await opened.store.deliveries.get(owed?.delivery ?? "")).not.toBeNull();
  });

  law("what is overdue behind a gate dies, and what is leased, or young, does not", async (opened) => {
    await opened.create(webhook({ id: "wbh_closed" }));
    await opened.publish(event(), event());
    const [leased] = await opened.claim(1);
    await opened.store.gate({ scope: "webhook", id: "wbh_closed", gate: "disabled", closedMs: "forever" });
    await opened.advance(LEASE - 1000);
    await opened.publish(event());
    const { expired, isDone } = await opened.store.expire(10_000, 100);
    expect(expired).toMatchObject([{ webhook: "wbh_closed", account: "acme", topic: "a.b", attempts: 0 }]);
    if (!isDone) expect(await opened.store.expire(10_000, 100)).toEqual({ expired: [], isDone: true });
    const [dead] = (await opened.store.deliveries.list({ state: "dead" }, {})).items;
    expect(dead).toMatchObject({ id: expired[0]?.delivery, reason: "expired", attempts: 0 });
    expect(expired[0]?.delivery).not.toBe(leased?.delivery);
    expect((await opened.store.deliveries.list({ state: "pending" }, {})).items).toHaveLength(2);
  });

  law("what was owed when pruning came by goes the next time", async (opened) => {
    await opened.create(webhook({ concurrency: 3 }));
    await opened.publish(event(), event(), event());
    const [owed, ...others] = await opened.claim(3);
    for (const claim of others) await opened.settle(claim);
    await opened.advance(10_000);
    const prune = (max: number): Promise<{ readonly pruned: number }> =>
      opened.store.prune({ olderThanMs: 5000, bytes: ANYTIME }, max);
    expect(await prune(1)).toMatchObject({ pruned: 1 });
    if (owed !== undefined) await opened.settle(owed);
    expect(await prune(10)).toEqual({ pruned: 2, isDone: true });
  });

  law(
    "recovering stops where the account has as many pending as it may, and goes on when they have gone",
    async (opened) => {
      const own = webhook();
      await opened.create(own);
      for (let n = 0; n < 5; n++) {
        await opened.publish(event());
        for (const claim of await opened.claim()) await opened.kill(claim);
      }
      const recover = (): Promise<Recovered> => opened.store.deliveries.recover(own.id, 100_000, 100, null);
      expect(await recover()).toEqual({ recovered: 3, next: null });
      expect(await recover()).toEqual({ recovered: 0, next: null });
      for (const claim of await opened.claim()) await opened.settle(claim);
      expect(await recover()).toEqual({ recovered: 2, next: null });
    },
    { maxPending: 3 },
  );
}
