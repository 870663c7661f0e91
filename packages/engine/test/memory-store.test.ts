import { runs, storeLaws, storeModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import { memoryStore } from "../src/index.ts";

storeLaws("memoryStore", (options = {}) => {
  const clock = manualClock();
  return { store: memoryStore({ clock, ...options }), advance: (ms) => clock.advance(ms) };
});

storeModel(
  "memoryStore",
  (options) => {
    const clock = manualClock();
    return { store: memoryStore({ clock, ...options }), clock };
  },
  runs(100, 2000),
);
