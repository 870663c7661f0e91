import { getRuns, testStore, testStoreModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import type { Store } from "@heron-webhooks/sender";
import { afterAll } from "vitest";
import { TestSchema } from "./test-schema.ts";

const schema = new TestSchema();
afterAll(() => schema.end());

testStore("postgresStore", async (options = {}) => {
  await schema.deleteAll();
  const clock = manualClock();
  return { store: schema.store({ clock, ...options }), advance: (ms) => clock.advance(ms) };
});

testStoreModel(
  "postgresStore",
  async (options) => {
    await schema.deleteAll();
    const clock = manualClock();
    const reopen = (): Store => schema.store({ clock, ...options });
    return { store: reopen(), clock, reopen };
  },
  getRuns(15, 200),
);
