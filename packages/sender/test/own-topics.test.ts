import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { describe, expect, test } from "vitest";
import type { Sender, SenderOptions } from "../src/index.ts";
import { createClockedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { storeFactories } from "./store-factories.ts";
import { waitFor } from "./wait-for.ts";

const MINUTE = 60_000;

describe.each(storeFactories)("over %s", (_, open) => {
  /** A sender, and the disabled webhooks that its hook reported. */
  function createReportingSender(options: Omit<SenderOptions, "store" | "clock"> = {}) {
    const reported: unknown[] = [];
    const hooks: SenderOptions["hooks"] = {
      onWebhookDisabled: (reason, { id, enabled, disabledBy }) =>
        void reported.push({ reason, id, enabled, disabledBy }),
    };
    return { ...createClockedSender(open, { ...options, hooks }), reported };
  }

  /** What the sink got, each as its topic and data. */
  function got({ events }: RecordingServer): readonly unknown[] {
    return events.map(({ topic, data }) => ({ topic, data }));
  }

  test("410: only webhooks that subscribe to webhook.* receive webhook.disabled, once", async () => {
    await using gone = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    await using everything = await RecordingServer.open();
    gone.respond = () => 410;
    const { sender, reported } = createReportingSender();
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: gone.url, topics: ["a.*"] });
    const named = await sender.webhooks.create({ url: ops.url, topics: ["webhook.disabled", "webhook.**"] });
    for (const topics of [["**"], ["*.disabled", "*"], ["*.*"]])
      await sender.webhooks.create({ url: everything.url, topics });
    await sender.webhooks.create({ url: everything.url, topics: ["webhook.*"], account: "other" });
    await sender.emit("a.b", 1);
    await ops.received(1);
    await waitForState(sender, "dead");
    await waitForState(sender, "delivered", 4);
    const data = { webhook: id, reason: "gone", failing_since: null };
    expect(got(ops)).toEqual([{ topic: "webhook.disabled", data }]);
    expect(got(everything)).toEqual([1, 2, 3].map(() => ({ topic: "a.b", data: 1 })));
    expect(reported).toEqual([{ reason: "gone", id, enabled: false, disabledBy: "gone" }]);
    expect(await sender.webhooks.get(named.id)).toMatchObject({ enabled: true });
  });

  test("long failure disables the webhook, and the event has failing_since", async () => {
    await using failing = await RecordingServer.open();
    await using ops = await RecordingServer.open();
    failing.respond = () => 500;
    const retry = createRetryPolicy({ delays: Array.from({ length: 9 }, () => "10m" as const), jitter: 0 });
    const { sender, clock, reported } = createReportingSender({ retry, disableAfter: "30m" });
    await using _sender = sender;
    const { id } = await sender.webhooks.create({ url: failing.url, topics: ["a.*"] });
    await sender.webhooks.create({ url: ops.url, topics: ["webhook.*"] });
    const began = clock.now();
    await sender.emit("a.b", 1);
    for (let attempts = 1; attempts <= 3; attempts++) {
      await attempted(sender, id, attempts);
      expect(await sender.webhooks.get(id)).toMatchObject({ enabled: true, failingSince: began });
      await clock.advance(10 * MINUTE);
    }
    await waitFor(() => ops.requests[0]);
    const data = { webhook: id, reason: "failing", failing_since: new Date(began).toISOString() };
    expect(got(ops)).toEqual([{ topic: "webhook.disabled", data }]);
    await attempted(sender, id, 4);
    expect(await sender.webhooks.get(id)).toMatchObject({ enabled: false, disabledBy: "failing" });
    expect(reported).toEqual([{ reason: "failing", id, enabled: false, disabledBy: "failing" }]);
    await clock.advance(60 * MINUTE);
    expect([failing.requests.length, ops.requests.length]).toEqual([4, 1]);
  });
});

async function attempted(sender: Sender, webhook: string, times: number): Promise<void> {
  await waitFor(async () => {
    const { data } = await sender.deliveries.list({ webhook });
    return data.find(({ attemptCount }) => attemptCount === times);
  });
}
