import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Agent } from "undici";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { readResident } from "./resident.ts";

/** What nobody can do without who keeps deliveries in a file and makes requests. */
const { path } = parseProgramOptions<{ readonly path: string }>();
const agent = new Agent();
const thread = new Worker(new URL("./bare-thread.js", import.meta.url), { workerData: path });
await once(thread, "message");

serveQuestions({ resident: readResident }, async () => {
  await agent.close();
  await thread.terminate();
});
