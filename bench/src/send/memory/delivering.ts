import { setTimeout as after } from "node:timers/promises";
import { sqliteStore } from "@heron-webhooks/sender";
import { Callers } from "../callers.ts";
import { CONCURRENCY } from "../delivery-program.ts";
import { createHeronSender } from "../heron-sender.ts";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { createData, SECRET, TOPIC } from "../request.ts";
import { readResident } from "./resident.ts";

/** A sender that delivers so many events of an account of its own, whatever else its file holds. */
const { path, origin, events } = parseProgramOptions<{
  readonly path: string;
  readonly origin: string;
  readonly events: number;
}>();
const sender = createHeronSender(sqliteStore(path), (count) => callers.complete(count));
const account = "delivering";
const callers = new Callers((n) => sender.emit(TOPIC, createData(n), { account }));
await sender.webhooks.create({
  account,
  url: `${origin}/`,
  topics: [TOPIC],
  secret: SECRET,
  concurrency: CONCURRENCY,
});
sender.start();

serveQuestions(
  {
    async resident() {
      callers.start();
      while (callers.completed < events) await after(10);
      callers.stop();
      while (callers.pending > 0) await after(10);
      return readResident();
    },
  },
  () => sender.close({ timeout: 100 }),
);
