import express from "express";
import { announce, handleEvent, PATH } from "./shared.ts";

// Reads the body and responds: the base cost of any route.
const app = express();
app.post(PATH, express.raw({ type: "application/json" }), async (request, response) => {
  await handleEvent(request.body);
  response.json({ ok: true });
});
const server = app.listen(0, "127.0.0.1", () => announce(server));
