import { expect } from "vitest";
import type { RecoverResult } from "../../../engine/src/index.ts";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook, LEASE_MS, UNLIMITED } from "./test-store.ts";

/** Expiring deliveries and pruning events. */
export function testMaintenance(storeTest: StoreTest): void {
  storeTest(
    "pruning deletes old events whose deliveries are completed, and no pending delivery",
    async (opened) => {
      await opened.create(createWebhook());
      await opened.publish(createEvent(), createEvent());
      const [claim] = await opened.claim(1);
      if (claim !== undefined) await opened.complete(claim);
      await opened.advance(10_000);
      const prune = async (maxAgeMs: number): Promise<number> =>
        (await opened.store.prune({ maxAgeMs, maxBytes: UNLIMITED }, 100)).pruned;
      expect(await prune(20_000)).toBe(0);
      expect(await prune(5000)).toBe(1);
      expect(await opened.store.deliveries.get(claim?.delivery ?? "")).toBeNull();
      expect(await opened.claim()).toHaveLength(1);
    },
  );

  storeTest(
    "pending deliveries of deleted webhooks keep no event, even with steps of one",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_idle" }),
        createWebhook({ id: "wbh_pending", topics: ["c.d"] }),
      );
      await opened.publish(createEvent({ topic: "c.d" }));
      await opened.store.webhooks.delete("wbh_idle");
      await opened.store.webhooks.delete("wbh_pending");
      await opened.advance(10_000);
      let pruned = 0;
      for (let isDone = false; !isDone; ) {
        const step = await opened.store.prune({ maxAgeMs: 1000, maxBytes: UNLIMITED }, 1);
        pruned += step.pruned;
        isDone = step.isDone;
      }
      expect(pruned).toBe(1);
    },
  );

  storeTest("over the size limit the oldest events are deleted, if they are completed", async (opened) => {
    await opened.create(createWebhook());
    await opened.publish(createEvent({ id: "evt_pending" }));
    const [pending] = await opened.claim(1);
    const body = "x".repeat(10_000);
    for (let n = 0; n < 200; n++)
      await opened.publish(createEvent({ id: `evt_${n}`, body, idempotent: true }));
    for (let claims = await opened.claim(); claims.length > 0; claims = await opened.claim())
      for (const claim of claims) await opened.complete(claim);
    const prune = (maxBytes: number): Promise<{ readonly pruned: number; readonly isDone: boolean }> =>
      opened.store.prune({ maxAgeMs: 1_000_000, maxBytes }, 20);
    expect(await prune(UNLIMITED)).toEqual({ pruned: 0, isDone: true });
    let pruned = 0;
    for (let isDone = false; !isDone; ) {
      const step = await prune(1_000_000);
      pruned += step.pruned;
      isDone = step.isDone;
    }
    expect(pruned).toBeGreaterThan(80);
    expect(pruned).toBeLessThan(200);
    const isStored = async (id: string): Promise<boolean> => {
      const { published } = await opened.store.publish([createEvent({ id, topic: "c.d", idempotent: true })]);
      return published.some((result) => "duplicate" in result && result.duplicate);
    };
    expect([await isStored(`evt_${pruned - 1}`), await isStored(`evt_${pruned}`)]).toEqual([false, true]);
    expect(await opened.store.deliveries.get(pending?.delivery ?? "")).not.toBeNull();
  });

  storeTest(
    "overdue deliveries of a paused webhook expire; leased and recent ones do not",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_paused" }));
      await opened.publish(createEvent(), createEvent());
      const [leased] = await opened.claim(1);
      await opened.store.setPause({
        scope: "webhook",
        id: "wbh_paused",
        reason: "disabled",
        durationMs: "forever",
      });
      await opened.advance(LEASE_MS - 1000);
      await opened.publish(createEvent());
      const { expired, isDone } = await opened.store.expire(10_000, 100);
      expect(expired).toMatchObject([
        { webhook: "wbh_paused", account: "acme", topic: "a.b", attemptCount: 0 },
      ]);
      if (!isDone) expect(await opened.store.expire(10_000, 100)).toEqual({ expired: [], isDone: true });
      const [dead] = (await opened.store.deliveries.list({ state: "dead" }, {})).data;
      expect(dead).toMatchObject({ id: expired[0]?.delivery, reason: "expired", attemptCount: 0 });
      expect(expired[0]?.delivery).not.toBe(leased?.delivery);
      expect((await opened.store.deliveries.list({ state: "pending" }, {})).data).toHaveLength(2);
    },
  );

  storeTest(
    "an event that was pending when pruning scanned it is deleted by a later pruning",
    async (opened) => {
      await opened.create(createWebhook({ concurrency: 3 }));
      await opened.publish(createEvent(), createEvent(), createEvent());
      const [pending, ...others] = await opened.claim(3);
      for (const claim of others) await opened.complete(claim);
      await opened.advance(10_000);
      const prune = (max: number): Promise<{ readonly pruned: number }> =>
        opened.store.prune({ maxAgeMs: 5000, maxBytes: UNLIMITED }, max);
      expect(await prune(1)).toMatchObject({ pruned: 1 });
      if (pending !== undefined) await opened.complete(pending);
      expect(await prune(10)).toEqual({ pruned: 2, isDone: true });
    },
  );

  storeTest(
    "recovering stops at the account's limit of pending deliveries, and continues when they are delivered",
    async (opened) => {
      const webhook = createWebhook();
      await opened.create(webhook);
      for (let n = 0; n < 5; n++) {
        await opened.publish(createEvent());
        for (const claim of await opened.claim()) await opened.fail(claim);
      }
      const recover = (): Promise<RecoverResult> =>
        opened.store.deliveries.recover(webhook.id, 100_000, 100, null);
      expect(await recover()).toEqual({ recovered: 3, nextCursor: null });
      expect(await recover()).toEqual({ recovered: 0, nextCursor: null });
      for (const claim of await opened.claim()) await opened.complete(claim);
      expect(await recover()).toEqual({ recovered: 2, nextCursor: null });
    },
    { maxPending: 3 },
  );
}
