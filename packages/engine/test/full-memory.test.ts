import { expect, test } from "vitest";
import type { HotLane, WebhookRecord } from "../src/index.ts";
import { Claiming, Hot } from "../src/index.ts";

const EVENT = { topic: "a.b", body: "{}", user: null, traceparent: null };

/** Webhooks of which more is kept than anybody could have in memory. */
function stocked(count: number): { readonly hot: Hot; readonly claiming: Claiming } {
  const hot = new Hot();
  let last = 0;
  const load = async (lanes: readonly HotLane[]): Promise<void> => {
    const each = hot.loadable(lanes.length);
    for (const lane of lanes)
      for (let i = 0; i < each; i++) {
        const sequence = ++last;
        const id = `dlv_${sequence}`;
        hot.add({ id, sequence, event: EVENT, lane, attempts: 0, attemptsBefore: 0, owedSince: 0, due: 0 });
      }
  };
  for (let i = 0; i < count; i++) {
    const record = { id: `wbh_${i}`, account: `a${i % 100}`, enabled: true, concurrency: 10, rate: null };
    const lane = hot.addLane(record as WebhookRecord, 0);
    lane.storedDue = 1;
    hot.look(lane, 1);
  }
  return { hot, claiming: new Claiming({ hot, now: () => 1, ready: async () => {}, load }) };
}

test.each([64, 1])(
  "many webhooks that are owed much do not fill the memory, %i at a time, and each has its turn",
  async (max) => {
    const { hot, claiming } = stocked(4000);
    const served = new Map<string, number>();
    let most = 0;
    for (let i = 0; i < 16_000 / max; i++) {
      const claims = await claiming.claim({ worker: "w", max, leaseMs: 1000 });
      expect(claims).toHaveLength(max);
      for (const { lease, webhook } of claims) {
        served.set(webhook, (served.get(webhook) ?? 0) + 1);
        const live = hot.settling(lease, 1);
        if (live !== undefined) hot.end(live);
        hot.look(hot.lane(webhook) as HotLane, 1);
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
  const crowd = hot.addLane(
    { id: "crowd", account: "b", enabled: false, concurrency: 1, rate: null } as WebhookRecord,
    0,
  );
  for (let sequence = -20_000; sequence < 0; sequence++)
    hot.add({
      id: `dlv_${sequence}`,
      sequence,
      event: EVENT,
      lane: crowd,
      attempts: 0,
      attemptsBefore: 0,
      owedSince: 0,
      due: 0,
    });
  for (let i = 0; i < 20; i++) {
    const claims = await claiming.claim({ worker: "w", max: 64, leaseMs: 1000 });
    expect(claims).toHaveLength(10);
    for (const { lease } of claims) {
      const live = hot.settling(lease, 1);
      if (live !== undefined) hot.end(live);
    }
    hot.look(hot.lane("wbh_0") as HotLane, 1);
  }
});
