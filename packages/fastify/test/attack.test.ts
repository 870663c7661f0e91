import { testAttacks } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";
import { listen } from "./apps.ts";

testAttacks(
  "Fastify",
  async (options) => {
    const app = fastify();
    await app.register(heronWebhook, options);
    app.get("/", () => "hello");
    return listen(app);
  },
  manualClock,
);
