import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { manualClock } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { sqliteStore } from "../../src/index.ts";

test("a claim that shares its transaction with a call that fails is claimable at once", async () => {
  const store = sqliteStore(":memory:");
  const taken = createWebhook();
  await store.webhooks.create(taken, 10);
  await store.publish([createEvent(), createEvent()]);
  const request = { claimant: "w", max: 10, leaseMs: 3_600_000 };
  const [claimed, created] = await Promise.allSettled([
    store.claim(request),
    // A second one of the same id cannot be: the whole transaction is taken back.
    store.webhooks.create(taken, 10),
  ]);
  expect(created.status).toBe("rejected");
  const claims = claimed.status === "fulfilled" ? claimed.value : await store.claim(request);
  expect(claims).toHaveLength(2);
  await store.close();
});

test("an event of a rolled back transaction is never claimed", async () => {
  const clock = manualClock();
  const store = sqliteStore(":memory:", { clock });
  const taken = createWebhook();
  await store.webhooks.create(taken, 10);
  await store.publish([createEvent({ body: "kept" })]);
  const request = { claimant: "w", max: 10, leaseMs: 30_000 };
  const [first] = await store.claim(request);
  if (first === undefined) throw new Error("nothing was claimed");
  // What waits in the file is read from there, and what comes after it waits there, too.
  await store.complete([{ lease: first.lease, completion: { state: "retry", delayMs: 0 }, attempt: null }]);
  const [published, claimed, created] = await Promise.allSettled([
    store.publish([createEvent({ body: "refused" })]),
    store.claim(request),
    store.webhooks.create(taken, 10),
  ]);
  expect([published.status, created.status]).toEqual(["rejected", "rejected"]);
  const bodies = claimed.status === "fulfilled" ? claimed.value.map(({ body }) => body) : [];
  await clock.advance(60_000);
  bodies.push(...(await store.claim(request)).map(({ body }) => body));
  expect(new Set(bodies)).toEqual(new Set(["kept"]));
  await store.close();
});
