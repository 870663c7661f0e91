import { manualClock } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { memoryStore } from "../src/index.ts";
import { inState, opened } from "./opened.ts";
import { Sink } from "./sink.ts";
import { until } from "./until.ts";

test("a lease lasts while what became of its attempt is written down, however long that takes", async () => {
  await using sink = await Sink.open();
  const clock = manualClock();
  const store = memoryStore({ clock });
  let write: (() => void) | undefined;
  const lost: number[] = [];
  const { sender } = opened({
    clock,
    hooks: { lost: (count) => void lost.push(count) },
    store: {
      ...store,
      async settle(settlements) {
        await new Promise<void>((resolve) => (write = resolve));
        return store.settle(settlements);
      },
    },
  });
  await using _ = sender;
  await sender.webhooks.create({ url: sink.url, topics: ["**"] });
  await sender.emit("a.b", 1);
  await until(() => write);
  await clock.advance(120_000);
  write?.();
  await inState(sender, "delivered");
  expect([sink.requests.length, lost]).toEqual([1, []]);
});
