import { getRuns, testStore, testStoreModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import { memoryStore } from "../src/index.ts";

testStore("memoryStore", (options = {}) => {
  const clock = manualClock();
  return { store: memoryStore({ clock, ...options }), advance: (ms) => clock.advance(ms) };
});

testStoreModel(
  "memoryStore",
  (options) => {
    const clock = manualClock();
    return { store: memoryStore({ clock, ...options }), clock };
  },
  getRuns(100, 2000),
);
