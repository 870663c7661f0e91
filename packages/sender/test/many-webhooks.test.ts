import { rounds } from "@heron-webhooks/conformance/runs";
import { event, webhook } from "@heron-webhooks/conformance/store";
import { expect, test } from "vitest";
import { sqliteStore } from "../src/index.ts";

const MANY = 25_000;

test("webhooks that had something to do and have nothing more are met again when they have", async () => {
  const store = sqliteStore(":memory:");
  const webhooks = Array.from({ length: MANY }, (_, i) =>
    webhook({ id: `wbh_${i}`, account: `a${i % 500}` }),
  );
  await Promise.all(webhooks.map((one) => store.webhooks.create(one, MANY)));
  const attempt = { status: 200, ms: 1, reason: null, answer: null };
  for (let round = 0; round < rounds(2, 6); round++) {
    const events = Array.from({ length: 500 }, (_, i) => event({ account: `a${i}` }));
    const { published } = await store.publish(events);
    expect(published.reduce((sum, one) => sum + ("deliveries" in one ? one.deliveries : 0), 0)).toBe(MANY);
    const seen = new Set<string>();
    for (;;) {
      const claims = await store.claim({ worker: "w", max: 5000, leaseMs: 60_000 });
      if (claims.length === 0) break;
      for (const claim of claims) seen.add(claim.webhook);
      await store.settle(claims.map(({ lease }) => ({ lease, settled: { state: "delivered" }, attempt })));
    }
    expect(seen.size).toBe(MANY);
  }
  expect(await store.nextDueIn()).toBeNull();
  await store.close();
});
