import { heronConsole } from "@heron-webhooks/express";
import express from "express";
import { announce } from "../../server/announce.ts";
import { consoleOver } from "./stores.ts";

const app = express();
app.use("/heron", heronConsole(await consoleOver("file")));
const server = app.listen(0, "127.0.0.1", () => announce(server));
