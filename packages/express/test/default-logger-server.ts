import { createSignedPost, sendRequest } from "@heron-webhooks/conformance/request";
import { heronWebhook } from "@heron-webhooks/express";
import express from "express";

// A process of its own, so that its standard error holds the default logger's lines and nothing else.
const app = express();
const name = "one\ntwo";
const on = {
  "**": (event: { readonly data: unknown }) => {
    throw new Error(`cannot take ${event.data}`, { cause: 10n });
  },
};
app.use(heronWebhook({ name, on }));
const server = app.listen(0, "127.0.0.1", async () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const [topic, data] = process.argv.slice(2).map((argument) => JSON.parse(argument) as string);
  const body = JSON.stringify({ topic, data });
  await sendRequest(port, {
    ...createSignedPost(body),
    headers: { "heron-signature": "sha256=\t\u009b31m" },
  });
  await sendRequest(port, createSignedPost(body));
  server.close();
});
