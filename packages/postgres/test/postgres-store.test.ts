import { runs, storeLaws, storeModel } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import type { Store } from "@heron-webhooks/sender";
import { Schema } from "./schemas.ts";

storeLaws("postgresStore", (options = {}) => {
  const schema = new Schema();
  const clock = manualClock();
  return {
    store: schema.store({ clock, ...options }),
    advance: (ms) => clock.advance(ms),
    close: () => schema.end(),
  };
});

storeModel(
  "postgresStore",
  (options) => {
    const schema = new Schema();
    const clock = manualClock();
    const reopen = (): Store => schema.store({ clock, ...options });
    return { store: reopen(), clock, reopen, close: () => schema.end() };
  },
  runs(15, 200),
);
