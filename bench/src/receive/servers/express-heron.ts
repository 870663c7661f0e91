import { heronWebhook } from "@heron-webhooks/express";
import express from "express";
import { announce, handle, PATH, SECRET } from "./shared.ts";

const app = express();
app.use(heronWebhook({ path: PATH, secret: SECRET, on: { "**": handle } }));
const server = app.listen(0, "127.0.0.1", () => announce(server));
