import { heronWebhook } from "@heron-webhooks/fastify";
import { fastify } from "fastify";
import { announce, handle, PATH, SECRET } from "./shared.ts";

const app = fastify();
await app.register(heronWebhook, { path: PATH, secret: SECRET, on: { "**": handle } });
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
