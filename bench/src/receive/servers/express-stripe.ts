import express from "express";
import { Stripe } from "stripe";
import { announce, handleEvent, PATH, SECRET } from "./shared.ts";

const stripe = new Stripe("sk_test_none");
const app = express();
app.post(PATH, express.raw({ type: "application/json" }), async (request, response) => {
  const signature = request.headers["stripe-signature"] ?? "";
  await handleEvent(stripe.webhooks.constructEvent(request.body, signature, SECRET));
  response.json({ received: true });
});
const server = app.listen(0, "127.0.0.1", () => announce(server));
