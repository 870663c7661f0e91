import { runs, storeLaws, storeModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import type { Store } from "@heron-webhooks/sender";
import { afterAll } from "vitest";
import { Schema } from "./schemas.ts";

const schema = new Schema();
afterAll(() => schema.end());

storeLaws("postgresStore", async (options = {}) => {
  await schema.empty();
  const clock = manualClock();
  return { store: schema.store({ clock, ...options }), advance: (ms) => clock.advance(ms) };
});

storeModel(
  "postgresStore",
  async (options) => {
    await schema.empty();
    const clock = manualClock();
    const reopen = (): Store => schema.store({ clock, ...options });
    return { store: reopen(), clock, reopen };
  },
  runs(15, 200),
);
