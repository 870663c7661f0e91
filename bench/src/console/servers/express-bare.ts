import express from "express";
import { announce } from "../../server/announce.ts";

// Baseline: a route that reads and returns JSON.
const app = express();
app.post("/heron/api/track", express.json(), (_request, response) => void response.json({ accepted: 1 }));
const server = app.listen(0, "127.0.0.1", () => announce(server));
