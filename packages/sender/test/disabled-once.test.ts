import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { describe, expect, test } from "vitest";
import type { Delivery, Sender, SenderOptions, Store, Webhook } from "../src/index.ts";
import { createClockedSender, waitForState } from "./create-test-sender.ts";
import { createDeferredAnswer, RecordingServer } from "./recording-server.ts";
import { type OpenStore, storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

describe.each(storeFactories)("over %s", (_, open) => {
  /** A sender, and the reasons that its hook reported. */
  function createReportingSender(
    options: Omit<SenderOptions, "store" | "clock"> = {},
    opening: OpenStore = open,
  ) {
    const reported: string[] = [];
    const hooks: SenderOptions["hooks"] = { onWebhookDisabled: (reason) => void reported.push(reason) };
    return { ...createClockedSender(opening, { ...options, hooks }), reported };
  }

  /** The state of a webhook, and its notifications, after a 410 that arrives after `meanwhile`. */
  async function goneAfter(meanwhile: (sender: Sender, id: string) => Promise<unknown>): Promise<{
    readonly webhook: Webhook;
    readonly reported: readonly string[];
    readonly announced: readonly Delivery[];
  }> {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(410);
    gone.respond = () => answer;
    const { sender, reported } = createReportingSender();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    const { id: webhook } = await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    await sender.emit("a.b", 1);
    await gone.received(1);
    await meanwhile(sender, id);
    resolveAnswer();
    await waitForState(sender, "dead");
    const { data: announced } = await sender.deliveries.list({ webhook });
    return { webhook: await sender.webhooks.get(id), reported, announced };
  }

  test("many concurrent 410 responses disable the webhook once and notify once", async () => {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    const waiting: (() => void)[] = [];
    gone.respond = () => new Promise((resolve) => waiting.push(() => resolve(410)));
    const { sender, reported, clock } = createReportingSender();
    await using _sender = sender;
    await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    for (let n = 0; n < 5; n++) await sender.emit("a.b", n);
    await gone.received(5);
    for (const answer of waiting) {
      // Time goes on between them.
      await clock.advance(1000);
      answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waitForState(sender, "dead", 5);
    await waitForState(sender, "delivered");
    expect([ops.requests.length, reported.length]).toEqual([1, 1]);
    expect((await sender.deliveries.list({ state: "pending" })).data).toEqual([]);
  });

  test("a webhook that was updated meanwhile is still disabled", async () => {
    const { webhook, reported, announced } = await goneAfter((sender, id) =>
      sender.webhooks.update(id, { description: "changed" }),
    );
    expect(webhook).toMatchObject({ enabled: false, disabledBy: "gone" });
    expect([reported.length, announced.length]).toEqual([1, 1]);
  });

  test("a concurrent update neither keeps it enabled nor notifies twice", async () => {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    gone.respond = () => 410;
    const { sender, reported } = createReportingSender({}, (options) => withConcurrentUpdates(open(options)));
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    await sender.emit("a.b", 1);
    await waitForState(sender, "dead");
    await waitForState(sender, "delivered");
    expect(await sender.webhooks.get(id)).toMatchObject({ disabledBy: "gone", description: "changed 2" });
    expect([reported.length, (await sender.deliveries.list()).data.length]).toEqual([1, 2]);
  });

  test("a webhook that its owner disabled meanwhile stays disabled by its owner, without notification", async () => {
    const { webhook, reported, announced } = await goneAfter((sender, id) => sender.webhooks.disable(id));
    expect(webhook).toMatchObject({ enabled: false, disabledBy: "owner" });
    expect([reported, announced]).toEqual([[], []]);
  });

  test("410 from a former URL does not disable the webhook", async () => {
    const { webhook, reported, announced } = await goneAfter((sender, id) =>
      sender.webhooks.update(id, { url: "https://example.com/" }),
    );
    expect(webhook).toMatchObject({ enabled: true });
    expect([reported, announced]).toEqual([[], []]);
  });

  test("an old attempt does not disable a webhook that was enabled again", async () => {
    await using failing = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(500);
    failing.respond = (_, index) => (index === 0 ? 500 : answer);
    const retry = createRetryPolicy({ delays: ["20m", "20m"], jitter: 0 });
    const { sender, clock, reported } = createReportingSender({ retry, disableAfter: "10m" });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: failing.url, topics: ["a.*"] });
    await sender.emit("a.b", 1);
    await waitFor(
      () => failing.requests[1],
      () => clock.advance(60_000),
    );
    await sender.webhooks.enable(id);
    resolveAnswer();
    await waitFor(async () =>
      (await sender.deliveries.list()).data.find(({ attemptCount }) => attemptCount === 2),
    );
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true, disabledBy: null });
    expect(reported).toEqual([]);
  });
});

/** A store in which two concurrent updates precede the update that disables a webhook. */
function withConcurrentUpdates(store: Store): Store {
  let changes = 0;
  return {
    ...store,
    webhooks: {
      ...store.webhooks,
      async update(id, version, change) {
        if (change.enabled === false && changes++ < 2)
          await store.webhooks.update(id, version, { description: `changed ${changes}` });
        return store.webhooks.update(id, version, change);
      },
    },
  };
}
