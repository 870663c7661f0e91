import { storeLaws, storeModel } from "@heron-webhooks/conformance";
import { Schema } from "./schemas.ts";

storeLaws("postgresStore", async (options = {}) => {
  const schema = new Schema();
  const store = schema.store(options);
  await store.migrate();
  await schema.holdTime();
  return { store, advance: (ms) => schema.advance(ms), close: () => schema.end() };
});

storeModel(
  "postgresStore",
  async (options) => {
    const schema = new Schema();
    const store = schema.store(options);
    await store.migrate();
    await schema.holdTime();
    return { store, clock: schema, close: () => schema.end() };
  },
  40,
);
