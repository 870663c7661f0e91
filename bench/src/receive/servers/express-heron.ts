import { heronWebhook } from "@heron-webhooks/express";
import express from "express";
import { announce, handleEvent, PATH, SECRET } from "./shared.ts";

const app = express();
app.use(heronWebhook({ path: PATH, secret: SECRET, on: { "**": handleEvent } }));
const server = app.listen(0, "127.0.0.1", () => announce(server));
