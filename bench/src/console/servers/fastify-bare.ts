import { fastify } from "fastify";
import { announce } from "../../server/announce.ts";

// Baseline: a route that reads and returns JSON.
const app = fastify();
app.post("/heron/api/track", async () => ({ accepted: 1 }));
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
