import { expect } from "vitest";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook } from "./test-store.ts";

/** Publishing events. */
export function testPublish(storeTest: StoreTest): void {
  storeTest(
    "an event makes one delivery for each webhook that matches, whichever patterns it has",
    async (opened) => {
      await opened.create(
        createWebhook({ id: "wbh_x", topics: ["a.*", "a.b", "**"] }),
        createWebhook({ id: "wbh_y", topics: ["c.d", "*"] }),
        createWebhook({ id: "wbh_z", topics: ["c.d"] }),
        createWebhook({ id: "wbh_q", account: "other" }),
      );
      const published = await opened.publish(createEvent({ id: "evt_m" }));
      expect(published).toEqual([{ id: "evt_m", deliveryCount: 2, duplicate: false }]);
      expect((await opened.claim()).map((claim) => claim.webhook).sort()).toEqual(["wbh_x", "wbh_y"]);
    },
  );

  storeTest("a body comes back byte for byte", async (opened) => {
    await opened.create(createWebhook());
    const body = '{ "n": 1.0, "é☃𝄞": "\\u00e9\\ud83d\\ude00", "n": 1e400, "z": 0, "a": 1 }';
    await opened.publish(createEvent({ body }));
    expect((await opened.claim())[0]?.body).toBe(body);
  });

  storeTest(
    "a repeated caller-chosen id is a duplicate, in one publish and in two, and returns the first result",
    async (opened) => {
      await opened.create(createWebhook());
      const first = await opened.publish(
        createEvent({ id: "k", idempotent: true }),
        createEvent({ id: "k", idempotent: true }),
      );
      const second = await opened.publish(createEvent({ id: "k", idempotent: true, body: "{}" }));
      expect([...first, ...second]).toEqual([
        { id: "k", deliveryCount: 1, duplicate: false },
        { id: "k", deliveryCount: 1, duplicate: true },
        { id: "k", deliveryCount: 1, duplicate: true },
      ]);
      expect(await opened.claim()).toHaveLength(1);
    },
  );

  storeTest("the same id of another account is another event", async (opened) => {
    await opened.create(createWebhook(), createWebhook({ account: "other" }));
    await opened.publish(createEvent({ id: "k", idempotent: true }));
    const [published] = await opened.publish(createEvent({ id: "k", idempotent: true, account: "other" }));
    expect(published).toMatchObject({ duplicate: false, deliveryCount: 1 });
  });

  storeTest("user properties are copied at the time of publishing", async (opened) => {
    await opened.create(createWebhook());
    await opened.store.users.addProperties("acme", "u", { plan: "free", seats: 1 });
    await opened.publish(createEvent({ user: "u" }), createEvent({ user: "unknown" }));
    await opened.store.users.addProperties("acme", "u", { plan: "pro" });
    await opened.publish(createEvent({ user: "u" }));
    const users = (await opened.claim()).map(({ user }) => (user === null ? null : JSON.parse(user)));
    expect(users).toEqual([{ plan: "free", seats: 1 }, null, { plan: "pro", seats: 1 }]);
  });

  storeTest("a disabled webhook gets no deliveries, except of events targeted at it", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_off", enabled: false, disabledBy: "owner" }));
    expect(await opened.publish(createEvent({ id: "one" }))).toEqual([
      { id: "one", deliveryCount: 0, duplicate: false },
    ]);
    const [published] = await opened.publish(createEvent({ id: "two", webhook: "wbh_off" }));
    expect(published).toMatchObject({ deliveryCount: 1 });
  });

  storeTest(
    "an event over the account's limit of pending deliveries is rejected as a whole, and the others are stored",
    async (opened) => {
      await opened.create(createWebhook(), createWebhook());
      const [accepted, rejected, unmatched] = await opened.publish(
        createEvent(),
        createEvent(),
        createEvent({ topic: "x.y" }),
      );
      expect(accepted).toMatchObject({ deliveryCount: 2 });
      expect(rejected).toMatchObject({ error: { code: "limit_reached" } });
      expect(unmatched).toMatchObject({ deliveryCount: 0 });
      expect(await opened.claim()).toHaveLength(2);
    },
    { maxPending: 3 },
  );

  storeTest(
    "with capacity, deliveries that may be attempted are returned as claims, up to the limit",
    async (opened) => {
      await opened.create(
        createWebhook({ concurrency: 2 }),
        createWebhook({ account: "other", concurrency: 5 }),
      );
      const events = Array.from({ length: 4 }, () => [
        createEvent(),
        createEvent({ account: "other" }),
      ]).flat();
      const { claims } = await opened.store.publish(events, {
        capacity: { claimant: "one", max: 5, leaseMs: 30_000 },
      });
      expect(claims.length).toBeLessThanOrEqual(5);
      const rest = await opened.claim();
      expect(new Set([...claims, ...rest].map(({ delivery }) => delivery)).size).toBe(
        claims.length + rest.length,
      );
      expect(claims.length + rest.length).toBe(6);
    },
  );
}
