import { heronConsole } from "@heron-webhooks/express";
import express from "express";
import { announce } from "../../server/announce.ts";
import { createBenchConsole } from "./stores.ts";

const app = express();
app.use("/heron", heronConsole(await createBenchConsole("nothing")));
const server = app.listen(0, "127.0.0.1", () => announce(server));
