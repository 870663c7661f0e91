import { testAdapter } from "@heron-webhooks/conformance";
import { manualClock } from "@heron-webhooks/core/testing";
import { Discard, heronWebhook, Retry } from "@heron-webhooks/fastify";
import fastify from "fastify";
import { listen } from "./apps.ts";

testAdapter("Fastify", {
  manualClock,
  retry: (after) => new Retry(after === undefined ? {} : { after }),
  discard: () => new Discard(),
  async open(options) {
    const app = fastify();
    await app.register(heronWebhook, options);
    app.post("/other", (request) => request.body);
    app.get("/", () => "hello");
    return listen(app);
  },
  // Fastify hands on what `supportedMethods` says; others are its own 404.
  otherMethods: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"],
  closesOnUnreadBody: true,
});
