import { fastify } from "fastify";
import { announce, handleEvent, PATH } from "./shared.ts";

// Reads the body and responds: the base cost of any route.
const app = fastify();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
app.post<{ Body: Buffer }>(PATH, async (request) => {
  await handleEvent(request.body);
  return { ok: true };
});
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
