import { heronConsole } from "@heron-webhooks/fastify";
import { fastify } from "fastify";
import { announce } from "../../server/announce.ts";
import { createBenchConsole } from "./stores.ts";

const app = fastify();
await app.register(heronConsole, { prefix: "/heron", console: await createBenchConsole("file") });
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
