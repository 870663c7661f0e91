import { expect } from "vitest";
import type { StoreTest } from "./store-test.ts";
import { createEvent, createWebhook } from "./test-store.ts";

/** Pauses of webhooks and accounts. */
export function testPauses(storeTest: StoreTest): void {
  storeTest(
    "a paused webhook gets no delivery until the pause ends, and no other webhook is paused",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_paused" }), createWebhook({ id: "wbh_free" }));
      await opened.store.setPause({
        scope: "webhook",
        id: "wbh_paused",
        reason: "retry_after",
        durationMs: 5000,
      });
      await opened.publish(createEvent());
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_free" }]);
      expect(await opened.store.webhooks.pauses("wbh_paused")).toEqual([
        { reason: "retry_after", scope: "webhook", remainingMs: 5000 },
      ]);
      await opened.advance(4999);
      expect(await opened.claim()).toEqual([]);
      await opened.advance(1);
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_paused" }]);
      expect(await opened.store.webhooks.pauses("wbh_paused")).toEqual([]);
    },
  );

  storeTest("a pause of an account pauses all of its webhooks, until it is ended", async (opened) => {
    await opened.create(
      createWebhook(),
      createWebhook(),
      createWebhook({ id: "wbh_other", account: "other" }),
    );
    await opened.store.setPause({ scope: "account", id: "acme", reason: "disabled", durationMs: "forever" });
    await opened.publish(createEvent(), createEvent({ account: "other" }));
    expect(await opened.claim()).toMatchObject([{ webhook: "wbh_other" }]);
    await opened.advance(400 * 86_400_000);
    expect((await opened.claim()).filter(({ account }) => account === "acme")).toEqual([]);
    await opened.store.setPause({ scope: "account", id: "acme", reason: "disabled", durationMs: null });
    expect((await opened.claim()).filter(({ account }) => account === "acme")).toHaveLength(2);
  });

  storeTest(
    "pauses with different reasons are independent: the webhook continues when all have ended",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_two" }));
      await opened.publish(createEvent());
      await opened.store.setPause({
        scope: "webhook",
        id: "wbh_two",
        reason: "retry_after",
        durationMs: 1000,
      });
      await opened.store.setPause({
        scope: "webhook",
        id: "wbh_two",
        reason: "disabled",
        durationMs: "forever",
      });
      await opened.advance(1000);
      expect(await opened.claim()).toEqual([]);
      await opened.store.setPause({ scope: "webhook", id: "wbh_two", reason: "disabled", durationMs: null });
      expect(await opened.claim()).toHaveLength(1);
    },
  );

  storeTest(
    "after circuit_open one delivery is claimed as a probe, until the pause is ended",
    async (opened) => {
      await opened.create(createWebhook({ id: "wbh_ill" }));
      await opened.publish(createEvent(), createEvent(), createEvent());
      await opened.store.setPause({
        scope: "webhook",
        id: "wbh_ill",
        reason: "circuit_open",
        durationMs: 60_000,
      });
      await opened.advance(60_000);
      const probes = await opened.claim();
      expect(probes).toMatchObject([{ isProbe: true }]);
      expect(await opened.claim()).toEqual([]);
      await opened.store.setPause({
        scope: "webhook",
        id: "wbh_ill",
        reason: "circuit_open",
        durationMs: null,
      });
      expect(await opened.claim()).toMatchObject([{ isProbe: false }, { isProbe: false }]);
    },
  );

  storeTest(
    "a webhook that its owner disabled keeps its pending deliveries, and none is claimed",
    async (opened) => {
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
    },
  );
}
