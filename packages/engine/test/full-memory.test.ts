import { expect, test } from "vitest";
import type { LocalWebhookQueue, WebhookRecord } from "../src/index.ts";
import { Claimer, LocalQueue } from "../src/index.ts";

const EVENT = { topic: "a.b", body: "{}", user: null, traceparent: null };

/** Webhooks with more deliveries than fit into memory. */
function createBacklog(count: number): { readonly localQueue: LocalQueue; readonly claimer: Claimer } {
  const localQueue = new LocalQueue();
  let last = 0;
  const load = async (queues: readonly LocalWebhookQueue[]): Promise<void> => {
    const each = localQueue.getLoadSize(queues.length);
    for (const queue of queues)
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
    const queue = localQueue.addQueue(record as WebhookRecord, 0);
    queue.storedDueAt = 1;
    localQueue.reschedule(queue, 1);
  }
  return {
    localQueue,
    claimer: new Claimer({ localQueue, now: () => 1, ready: async () => {}, load }),
  };
}

test.each([64, 1])(
  "many webhooks with large backlogs do not fill the memory, %i at a time, and each is served",
  async (max) => {
    const { localQueue, claimer } = createBacklog(4000);
    const served = new Map<string, number>();
    let most = 0;
    for (let i = 0; i < 16_000 / max; i++) {
      const claims = await claimer.claim({ claimant: "w", max, leaseMs: 1000 });
      expect(claims).toHaveLength(max);
      for (const { lease, webhook } of claims) {
        served.set(webhook, (served.get(webhook) ?? 0) + 1);
        const live = localQueue.beginCompletion(lease, 1);
        if (live !== undefined) localQueue.endLease(live);
        localQueue.reschedule(localQueue.getQueue(webhook) as LocalWebhookQueue, 1);
      }
      if (i % 100 === 0) most = Math.max(most, [...localQueue.deliveries()].length);
    }
    // One more of each webhook, which fairness needs. Sixteen of each would be 64,000.
    expect(most).toBeLessThanOrEqual(16_000 + 4000);
    expect([...new Set(served.values())]).toEqual([4]);
  },
);

test("in a full memory, a webhook with a large backlog still gets its full concurrency", async () => {
  const { localQueue, claimer } = createBacklog(1);
  const crowd = localQueue.addQueue(
    { id: "crowd", account: "b", enabled: false, concurrency: 1, rateLimit: null } as WebhookRecord,
    0,
  );
  for (let sequence = -20_000; sequence < 0; sequence++)
    localQueue.add({
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
    const claims = await claimer.claim({ claimant: "w", max: 64, leaseMs: 1000 });
    expect(claims).toHaveLength(10);
    for (const { lease } of claims) {
      const live = localQueue.beginCompletion(lease, 1);
      if (live !== undefined) localQueue.endLease(live);
    }
    localQueue.reschedule(localQueue.getQueue("wbh_0") as LocalWebhookQueue, 1);
  }
});
