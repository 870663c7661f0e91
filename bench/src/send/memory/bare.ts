import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Agent } from "undici";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { readResident } from "./resident.ts";

/** The minimum for storing deliveries in a file and sending requests. */
const { path } = parseProgramOptions<{ readonly path: string }>();
const agent = new Agent();
const thread = new Worker(new URL("./bare-thread.js", import.meta.url), { workerData: path });
await once(thread, "message");

serveQuestions({ resident: readResident }, async () => {
  await agent.close();
  await thread.terminate();
});
