// Receives Heron's webhooks at POST /webhooks/heron. Needs HERON_WEBHOOK_SECRET; PORT is 3000 unless set.
// Every handled event is a line of JSON on standard output; everything else goes to standard error.
import { heronWebhook } from "@heron-webhooks/express";
import express from "express";

const app = express();
const heron = heronWebhook({
  on: {
    "**": (event, { id, form, secretIndex }) => {
      console.log(JSON.stringify({ ...event, verified: { id, form, secretIndex } }));
    },
  },
});
app.use(heron);

const port = Number(process.env["PORT"] ?? 3000);
const server = app.listen(port, process.env["HOST"] ?? "127.0.0.1", (error) => {
  if (error) throw error;
  const address = server.address();
  const url = typeof address === "object" && address ? `http://${address.address}:${address.port}` : address;
  console.error(`express-receiver listens on ${url}/webhooks/heron`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close();
    void heron.receiver.close();
  });
}
