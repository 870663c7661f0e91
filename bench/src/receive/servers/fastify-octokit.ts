import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import { fastify } from "fastify";
import { announce, handleEvent, PATH, SECRET } from "./shared.ts";

const webhooks = new Webhooks({ secret: SECRET });
webhooks.on("push", handleEvent);
const middleware = createNodeMiddleware(webhooks, { path: PATH });
const app = fastify();
// No Fastify plugin exists: pass Node's request before Fastify reads the body.
app.post(
  PATH,
  {
    onRequest: async (request, reply) => {
      reply.hijack();
      await middleware(request.raw, reply.raw);
    },
  },
  () => {},
);
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
