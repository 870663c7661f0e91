import { createServer } from "node:http";
import { reportUsage } from "@heron-webhooks/conformance/usage-reporter";
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";

// A process of its own, so that its memory can be measured.
const app = fastify({ serverFactory: (handler) => createServer(handler) });
await app.register(heronWebhook, { on: { "**": () => {} }, logger: false });
await app.ready();
reportUsage(app.server);
