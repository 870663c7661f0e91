import { manualClock } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { memoryStore } from "../src/index.ts";
import { createStartedSender, waitForState } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { waitFor } from "./wait-for.ts";

test("a lease lasts while its result is written, however long that takes", async () => {
  await using sink = await RecordingServer.open();
  const clock = manualClock();
  const store = memoryStore({ clock });
  let write: (() => void) | undefined;
  const lost: number[] = [];
  const { sender } = createStartedSender({
    clock,
    hooks: { onLeaseLost: (count) => void lost.push(count) },
    store: {
      ...store,
      async complete(settlements) {
        await new Promise<void>((resolve) => (write = resolve));
        return store.complete(settlements);
      },
    },
  });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", 1);
  await waitFor(() => write);
  await clock.advance(120_000);
  write?.();
  await waitForState(sender, "delivered");
  expect([sink.requests.length, lost]).toEqual([1, []]);
});
