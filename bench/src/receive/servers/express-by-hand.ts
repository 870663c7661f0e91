import express from "express";
import { announce, handleEvent, PATH, verifyByHand } from "./shared.ts";

const app = express();
app.post(PATH, express.raw({ type: "application/json" }), async (request, response) => {
  const body: Buffer = request.body;
  if (!verifyByHand(body, request.headers["heron-signature"])) {
    response.status(401).json({ error: "unauthorized" });
    return;
  }
  await handleEvent(JSON.parse(body.toString("utf8")));
  response.json({ ok: true });
});
const server = app.listen(0, "127.0.0.1", () => announce(server));
