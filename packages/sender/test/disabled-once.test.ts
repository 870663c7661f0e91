import { createRetryPolicy } from "@heron-webhooks/core";
import { describe, expect, test } from "vitest";
import type { Delivery, Sender, SenderOptions, Store, Webhook } from "../src/index.ts";
import { createClockedSender, waitForState } from "./create-test-sender.ts";
import { createDeferredAnswer, RecordingServer } from "./recording-server.ts";
import { type OpenStore, storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

describe.each(storeFactories)("over %s", (_, open) => {
  /** A sender, and why webhooks were disabled, as its hook is told. */
  function telling(options: Omit<SenderOptions, "store" | "clock"> = {}, opening: OpenStore = open) {
    const told: string[] = [];
    const hooks: SenderOptions["hooks"] = { onWebhookDisabled: (reason) => void told.push(reason) };
    return { ...createClockedSender(opening, { ...options, hooks }), told };
  }

  /** What becomes of a webhook that is told 410 after `meanwhile`, and who is told of it. */
  async function goneAfter(meanwhile: (sender: Sender, id: string) => Promise<unknown>): Promise<{
    readonly webhook: Webhook;
    readonly told: readonly string[];
    readonly announced: readonly Delivery[];
  }> {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(410);
    gone.respond = () => answer;
    const { sender, told } = telling();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    const { id: webhook } = await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    await sender.emit("a.b", 1);
    await gone.received(1);
    await meanwhile(sender, id);
    resolveAnswer();
    await waitForState(sender, "dead");
    const { data: announced } = await sender.deliveries.list({ webhook });
    return { webhook: await sender.webhooks.get(id), told, announced };
  }

  test("many attempts that are told 410 at once disable it once, and tell it once", async () => {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    const waiting: (() => void)[] = [];
    gone.respond = () => new Promise((resolve) => waiting.push(() => resolve(410)));
    const { sender, told, clock } = telling();
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
    expect([ops.requests.length, told.length]).toEqual([1, 1]);
    expect((await sender.deliveries.list({ state: "pending" })).data).toEqual([]);
  });

  test("a webhook that was changed meanwhile is disabled all the same", async () => {
    const { webhook, told, announced } = await goneAfter((sender, id) =>
      sender.webhooks.update(id, { description: "changed" }),
    );
    expect(webhook).toMatchObject({ enabled: false, disabledBy: "gone" });
    expect([told.length, announced.length]).toEqual([1, 1]);
  });

  test("a change that comes in between is no reason to leave it enabled, nor to tell it twice", async () => {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    gone.respond = () => 410;
    const { sender, told } = telling({}, (options) => quickerTwice(open(options)));
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    await sender.emit("a.b", 1);
    await waitForState(sender, "dead");
    await waitForState(sender, "delivered");
    expect(await sender.webhooks.get(id)).toMatchObject({ disabledBy: "gone", description: "changed 2" });
    expect([told.length, (await sender.deliveries.list()).data.length]).toEqual([1, 2]);
  });

  test("one that its owner disabled meanwhile stays the owner's, and nobody is told otherwise", async () => {
    const { webhook, told, announced } = await goneAfter((sender, id) => sender.webhooks.disable(id));
    expect(webhook).toMatchObject({ enabled: false, disabledBy: "owner" });
    expect([told, announced]).toEqual([[], []]);
  });

  test("410 from a URL that is no longer its own says nothing of it", async () => {
    const { webhook, told, announced } = await goneAfter((sender, id) =>
      sender.webhooks.update(id, { url: "https://example.com/" }),
    );
    expect(webhook).toMatchObject({ enabled: true });
    expect([told, announced]).toEqual([[], []]);
  });

  test("one that was enabled again meanwhile has a clean slate: an old attempt does not disable it", async () => {
    await using failing = await RecordingServer.open();
    const { answer, resolveAnswer } = createDeferredAnswer(500);
    failing.respond = (_, index) => (index === 0 ? 500 : answer);
    const retry = createRetryPolicy({ delays: ["20m", "20m"], jitter: 0 });
    const { sender, clock, told } = telling({ retry, disableAfter: "10m" });
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
    expect(told).toEqual([]);
  });
});

/** A store where somebody else is quicker, twice, than whoever would disable a webhook. */
function quickerTwice(store: Store): Store {
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
