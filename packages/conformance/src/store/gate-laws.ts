import { expect } from "vitest";
import type { Law } from "./law.ts";
import { event, webhook } from "./opened.ts";

/** That what a gate closes is never claimed. */
export function gateLaws(law: Law): void {
  law(
    "a closed gate of a webhook lets nothing through until its time, and closes no other webhook's",
    async (opened) => {
      await opened.create(webhook({ id: "wbh_shut" }), webhook({ id: "wbh_free" }));
      await opened.store.gate({ scope: "webhook", id: "wbh_shut", gate: "retry-after", closedMs: 5000 });
      await opened.publish(event());
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_free" }]);
      expect(await opened.store.webhooks.gates("wbh_shut")).toEqual([
        { gate: "retry-after", scope: "webhook", closedMs: 5000 },
      ]);
      await opened.advance(4999);
      expect(await opened.claim()).toEqual([]);
      await opened.advance(1);
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_shut" }]);
      expect(await opened.store.webhooks.gates("wbh_shut")).toEqual([]);
    },
  );

  law(
    "a closed gate of an account closes all of its webhooks, for ever until it is opened",
    async (opened) => {
      await opened.create(webhook(), webhook(), webhook({ id: "wbh_other", account: "other" }));
      await opened.store.gate({ scope: "account", id: "acme", gate: "disabled", closedMs: "forever" });
      await opened.publish(event(), event({ account: "other" }));
      expect(await opened.claim()).toMatchObject([{ webhook: "wbh_other" }]);
      await opened.advance(400 * 86_400_000);
      expect((await opened.claim()).filter(({ account }) => account === "acme")).toEqual([]);
      await opened.store.gate({ scope: "account", id: "acme", gate: "disabled", closedMs: null });
      expect((await opened.claim()).filter(({ account }) => account === "acme")).toHaveLength(2);
    },
  );

  law("gates of different kinds close on their own: the last to open opens", async (opened) => {
    await opened.create(webhook({ id: "wbh_two" }));
    await opened.publish(event());
    await opened.store.gate({ scope: "webhook", id: "wbh_two", gate: "retry-after", closedMs: 1000 });
    await opened.store.gate({ scope: "webhook", id: "wbh_two", gate: "disabled", closedMs: "forever" });
    await opened.advance(1000);
    expect(await opened.claim()).toEqual([]);
    await opened.store.gate({ scope: "webhook", id: "wbh_two", gate: "disabled", closedMs: null });
    expect(await opened.claim()).toHaveLength(1);
  });

  law("after a circuit one is let through, as a probe, until somebody opens it", async (opened) => {
    await opened.create(webhook({ id: "wbh_ill" }));
    await opened.publish(event(), event(), event());
    await opened.store.gate({ scope: "webhook", id: "wbh_ill", gate: "circuit", closedMs: 60_000 });
    await opened.advance(60_000);
    const probes = await opened.claim();
    expect(probes).toMatchObject([{ probe: true }]);
    expect(await opened.claim()).toEqual([]);
    await opened.store.gate({ scope: "webhook", id: "wbh_ill", gate: "circuit", closedMs: null });
    expect(await opened.claim()).toMatchObject([{ probe: false }, { probe: false }]);
  });

  law("a webhook that its owner disabled keeps its pending deliveries, and gives none", async (opened) => {
    const own = webhook();
    await opened.create(own);
    await opened.publish(event());
    const off = await opened.store.webhooks.update(own.id, own.version, {
      enabled: false,
      disabledBy: "owner",
    });
    expect(await opened.claim()).toEqual([]);
    await opened.store.webhooks.update(own.id, off?.version ?? 0, { enabled: true, disabledBy: null });
    expect(await opened.claim()).toHaveLength(1);
  });
}
