import { selectCount } from "@heron-webhooks/conformance/runs";
import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { expect, test } from "vitest";
import { sqliteStore } from "../src/index.ts";

const MANY = 25_000;

test("evicted idle webhooks are registered again when they have deliveries", async () => {
  const store = sqliteStore(":memory:");
  const webhooks = Array.from({ length: MANY }, (_, i) =>
    createWebhook({ id: `wbh_${i}`, account: `a${i % 500}` }),
  );
  await Promise.all(webhooks.map((one) => store.webhooks.create(one, MANY)));
  const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
  for (let round = 0; round < selectCount(2, 6); round++) {
    const events = Array.from({ length: 500 }, (_, i) => createEvent({ account: `a${i}` }));
    const { published } = await store.publish(events);
    expect(published.reduce((sum, one) => sum + ("deliveryCount" in one ? one.deliveryCount : 0), 0)).toBe(
      MANY,
    );
    const seen = new Set<string>();
    for (;;) {
      const claims = await store.claim({ claimant: "w", max: 5000, leaseMs: 60_000 });
      if (claims.length === 0) break;
      for (const claim of claims) seen.add(claim.webhook);
      await store.complete(
        claims.map(({ lease }) => ({ lease, completion: { state: "delivered" }, attempt })),
      );
    }
    expect(seen.size).toBe(MANY);
  }
  expect(await store.nextDueIn()).toBeNull();
  await store.close();
});
