import { fastify } from "fastify";
import { Stripe } from "stripe";
import { announce, handleEvent, PATH, SECRET } from "./shared.ts";

const stripe = new Stripe("sk_test_none");
const app = fastify();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
app.post<{ Body: Buffer }>(PATH, async (request) => {
  const signature = request.headers["stripe-signature"] ?? "";
  await handleEvent(stripe.webhooks.constructEvent(request.body, signature, SECRET));
  return { received: true };
});
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
