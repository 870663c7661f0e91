import { expect } from "vitest";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook } from "./test-store.ts";

/** That what a gate closes is never claimed. */
export function testPauses(storeTest: StoreTest): void {
  storeTest(
    "a closed gate of a webhook lets nothing through until its time, and closes no other webhook's",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_shut" }), createWebhook({ id: "wbh_free" }));
      await opened.store.setPause({ scope: "webhook", id: "wbh_shut", reason: "retry-after", durationMs: 5000 });
      await opened.publish(createEvent());
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_free" }]);
      expect(await opened.store.webhooks.pauses("wbh_shut")).toEqual([
        { gate: "retry-after", scope: "webhook", closedMs: 5000 },
      ]);
      await opened.advance(4999);
      expect(await opened.claim()).toEqual([]);
      await opened.advance(1);
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_shut" }]);
      expect(await opened.store.webhooks.pauses("wbh_shut")).toEqual([]);
    },
  );

  storeTest(
    "a closed gate of an account closes all of its webhooks, for ever until it is opened",
    async (opened) => {
      await opened.create(createWebhook(), createWebhook(), createWebhook({ id: "wbh_other", account: "other" }));
      await opened.store.setPause({ scope: "account", id: "acme", reason: "disabled", durationMs: "forever" });
      await opened.publish(createEvent(), createEvent({ account: "other" }));
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_other" }]);
      await opened.advance(400 * 86_400_000);
      expect((await opened.claim()).filter(({ account }) => account === "acme")).toEqual([]);
      await opened.store.setPause({ scope: "account", id: "acme", reason: "disabled", durationMs: null });
      expect((await opened.claim()).filter(({ account }) => account === "acme")).toHaveLength(2);
    },
  );

  storeTest("gates of different kinds close on their own: the last to open opens", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_two" }));
    await opened.publish(createEvent());
    await opened.store.setPause({ scope: "webhook", id: "wbh_two", reason: "retry-after", durationMs: 1000 });
    await opened.store.setPause({ scope: "webhook", id: "wbh_two", reason: "disabled", durationMs: "forever" });
    await opened.advance(1000);
    expect(await opened.claim()).toEqual([]);
    await opened.store.setPause({ scope: "webhook", id: "wbh_two", reason: "disabled", durationMs: null });
    expect(await opened.claim()).toHaveLength(1);
  });

  storeTest("after a circuit one is let through, as a probe, until somebody opens it", async (opened) => {
    await opened.create(createWebhook({ id: "wbh_ill" }));
    await opened.publish(createEvent(), createEvent(), createEvent());
    await opened.store.setPause({ scope: "webhook", id: "wbh_ill", reason: "circuit", durationMs: 60_000 });
    await opened.advance(60_000);
    const probes = await opened.claim();
    expect(probes).toMatchObject([{ probe: true }]);
    expect(await opened.claim()).toEqual([]);
    await opened.store.setPause({ scope: "webhook", id: "wbh_ill", reason: "circuit", durationMs: null });
    expect(await opened.claim()).toMatchObject([{ probe: false }, { probe: false }]);
  });

  storeTest("a webhook that its owner disabled keeps its pending deliveries, and gives none", async (opened) => {
    const own = createWebhook();
    await opened.create(own);
    await opened.publish(createEvent());
    const off = await opened.store.webhooks.update(own.id, own.version, {
      enabled: false,
      disabledBy: "owner",
    });
    expect(await opened.claim()).toEqual([]);
    await opened.store.webhooks.update(own.id, off?.version ?? 0, { enabled: true, disabledBy: null });
    expect(await opened.claim()).toHaveLength(1);
  });
}
