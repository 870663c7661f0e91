import { heronWebhook } from "@heron-webhooks/fastify";
import { fastify } from "fastify";
import { announce, handleEvent, PATH, SECRET } from "./shared.ts";

const app = fastify();
await app.register(heronWebhook, { path: PATH, secret: SECRET, on: { "**": handleEvent } });
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
