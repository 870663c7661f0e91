import { HeronError } from "@heron-webhooks/core";
import { expect, test } from "vitest";
import { memoryStore, type Store } from "../../src/index.ts";
import { createStartedSender, waitForState } from "../create-test-sender.ts";
import { RecordingServer } from "../recording-server.ts";

/** A store whose disk has no room for what follows for a webhook. */
function fullForWebhooks(): Store {
  const store = memoryStore();
  const full = (): Promise<never> => Promise.reject(new HeronError("store_full", "There is no room left."));
  return { ...store, setPause: full, webhooks: { ...store.webhooks, update: full } };
}

test("the result of an attempt is recorded although its webhook cannot be updated", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = (_, index) => (index === 0 ? 503 : 200);
  const { sender } = createStartedSender({ store: fullForWebhooks() });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  const [id = ""] = await waitForState(sender, "delivered");
  expect((await sender.deliveries.get(id))?.attempts).toMatchObject([
    { responseStatus: 503 },
    { responseStatus: 200 },
  ]);
  expect(sink.requests).toHaveLength(2);
});

test("a delivery to a receiver that is gone is dead, although its webhook cannot be disabled", async () => {
  await using sink = await RecordingServer.open();
  sink.respond = () => 410;
  const { sender } = createStartedSender({ store: fullForWebhooks() });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", null);
  const [id = ""] = await waitForState(sender, "dead");
  expect((await sender.deliveries.get(id))?.delivery).toMatchObject({ attemptCount: 1, responseStatus: 410 });
  expect(sink.requests).toHaveLength(1);
});
