import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import express from "express";
import { announce, handleEvent, PATH, SECRET } from "./shared.ts";

const webhooks = new Webhooks({ secret: SECRET });
webhooks.on("push", handleEvent);
const app = express();
app.use(createNodeMiddleware(webhooks, { path: PATH }));
const server = app.listen(0, "127.0.0.1", () => announce(server));
