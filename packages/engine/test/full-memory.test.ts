import { expect, test } from "vitest";
import type { LocalWebhookQueue, WebhookRecord } from "../src/index.ts";
import { Claimer, LocalQueue } from "../src/index.ts";

const EVENT = { topic: "a.b", body: "{}", user: null, traceparent: null };

/** Webhooks of which more is kept than anybody could have in memory. */
function stocked(count: number): { readonly hot: LocalQueue; readonly claiming: Claimer } {
  const localQueue = new LocalQueue();
  let last = 0;
  const load = async (lanes: readonly LocalWebhookQueue[]): Promise<void> => {
    const each = localQueue.getLoadSize(lanes.length);
    for (const queue of lanes)
      for (let i = 0; i < each; i++) {
        const sequence = ++last;
        const id = `dlv_${sequence}`;
        localQueue.add({
          id,
          sequence,
          event: EVENT,
          queue,
          attemptCount: 0,
          attemptsBeforeRequeue: 0,
          enqueuedAt: 0,
          dueAt: 0,
        });
      }
  };
  for (let i = 0; i < count; i++) {
    const record = {
      id: `wbh_${i}`,
      account: `a${i % 100}`,
      enabled: true,
      concurrency: 10,
      rateLimit: null,
    };
    const lane = localQueue.addQueue(record as WebhookRecord, 0);
    lane.storedDueAt = 1;
    localQueue.reschedule(lane, 1);
  }
  return {
    hot: localQueue,
    claiming: new Claimer({ localQueue, now: () => 1, ready: async () => {}, load }),
  };
}

test.each([64, 1])(
  "many webhooks that are owed much do not fill the memory, %i at a time, and each has its turn",
  async (max) => {
    const { hot, claiming } = stocked(4000);
    const served = new Map<string, number>();
    let most = 0;
    for (let i = 0; i < 16_000 / max; i++) {
      const claims = await claiming.claim({ claimant: "w", max, leaseMs: 1000 });
      expect(claims).toHaveLength(max);
      for (const { lease, webhook } of claims) {
        served.set(webhook, (served.get(webhook) ?? 0) + 1);
        const live = hot.beginCompletion(lease, 1);
        if (live !== undefined) hot.endLease(live);
        hot.reschedule(hot.getQueue(webhook) as LocalWebhookQueue, 1);
      }
      if (i % 100 === 0) most = Math.max(most, [...hot.deliveries()].length);
    }
    // And one more of each webhook, which is what its turn needs. Sixteen of each would be 64,000 already.
    expect(most).toBeLessThanOrEqual(16_000 + 4000);
    expect([...new Set(served.values())]).toEqual([4]);
  },
);

test("a full memory gives a webhook that is owed much no less than it can take", async () => {
  const { hot, claiming } = stocked(1);
  const crowd = hot.addQueue(
    { id: "crowd", account: "b", enabled: false, concurrency: 1, rateLimit: null } as WebhookRecord,
    0,
  );
  for (let sequence = -20_000; sequence < 0; sequence++)
    hot.add({
      id: `dlv_${sequence}`,
      sequence,
      event: EVENT,
      queue: crowd,
      attemptCount: 0,
      attemptsBeforeRequeue: 0,
      enqueuedAt: 0,
      dueAt: 0,
    });
  for (let i = 0; i < 20; i++) {
    const claims = await claiming.claim({ claimant: "w", max: 64, leaseMs: 1000 });
    expect(claims).toHaveLength(10);
    for (const { lease } of claims) {
      const live = hot.beginCompletion(lease, 1);
      if (live !== undefined) hot.endLease(live);
    }
    hot.reschedule(hot.getQueue("wbh_0") as LocalWebhookQueue, 1);
  }
});
