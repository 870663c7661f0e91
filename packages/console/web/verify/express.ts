import type { ReceiverOptions } from "./receiver-options.ts";

export function toExpressSnippet({ path, receivesEvents }: ReceiverOptions): string {
  return receivesEvents ? toEventReceiver(path) : toBodyReceiver(path);
}

function toEventReceiver(path: string): string {
  return `import { heronWebhook } from "@heron-webhooks/express";
import express from "express";

const app = express();
// Before express.json(): signatures cover the raw body.
app.use(
  heronWebhook({
    path: ${JSON.stringify(path)},
    on: {
      "**": async (event) => console.log(event.topic, event.data),
    },
  }),
);
app.listen(Number(process.env["PORT"] ?? 3000));
`;
}

function toBodyReceiver(path: string): string {
  return `import { verify } from "@heron-webhooks/core";
import express from "express";

const secret = process.env["HERON_WEBHOOK_SECRET"];
if (!secret) throw new Error("HERON_WEBHOOK_SECRET is not set");

const app = express();
// express.raw() instead of express.json(): signatures cover the raw body.
app.post(${JSON.stringify(path)}, express.raw({ type: () => true }), (req, res) => {
  try {
    verify(req.body, req.get("heron-signature"), secret, { rawBodyOnly: true });
  } catch {
    res.sendStatus(401);
    return;
  }
  console.log(JSON.parse(req.body.toString("utf8")));
  res.sendStatus(200);
});
app.listen(Number(process.env["PORT"] ?? 3000));
`;
}
