// Receives Heron's webhooks at POST /webhooks/heron. Needs HERON_WEBHOOK_SECRET; PORT is 3000 unless set.
// Every handled event is a line of JSON on standard output; everything else goes to standard error.
import { heronWebhook } from "@heron-webhooks/fastify";
import fastify from "fastify";

const app = fastify({ logger: { level: "warn", stream: process.stderr } });
await app.register(heronWebhook, {
  on: {
    "**": (event, { id, form, secretIndex }) => {
      console.log(JSON.stringify({ ...event, verified: { id, form, secretIndex } }));
    },
  },
});

const port = Number(process.env["PORT"] ?? 3000);
const url = await app.listen({ port, host: process.env["HOST"] ?? "127.0.0.1" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void app.close());
console.error(`fastify-receiver listens on ${url}/webhooks/heron`);
