import { fastify } from "fastify";
import { announce, handleEvent, PATH, verifyByHand } from "./shared.ts";

const app = fastify();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
app.post<{ Body: Buffer }>(PATH, async (request, reply) => {
  if (!verifyByHand(request.body, request.headers["heron-signature"]))
    return reply.code(401).send({ error: "unauthorized" });
  await handleEvent(JSON.parse(request.body.toString("utf8")));
  return { ok: true };
});
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
