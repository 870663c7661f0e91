import { setTimeout as after } from "node:timers/promises";
import { sqliteStore } from "@heron-webhooks/sender";
import { Callers } from "../callers.ts";
import { heronSender } from "../heron-sender.ts";
import { answerWith, programOptions } from "../program.ts";
import { dataOf, SECRET, TOPIC } from "../request.ts";
import { SLOTS } from "../subject.ts";
import { resident } from "./resident.ts";

/** A sender that delivers so many events of an account of its own, whatever else its file holds. */
const { path, origin, events } = programOptions<{
  readonly path: string;
  readonly origin: string;
  readonly events: number;
}>();
const sender = heronSender(sqliteStore(path), (count) => callers.settle(count));
const account = "delivering";
const callers = new Callers((n) => sender.emit(TOPIC, dataOf(n), { account }));
await sender.webhooks.create({
  account,
  url: `${origin}/`,
  topics: [TOPIC],
  secret: SECRET,
  concurrency: SLOTS,
});
sender.start();

answerWith(
  {
    async resident() {
      callers.begin();
      while (callers.settled < events) await after(10);
      callers.stop();
      while (callers.owed > 0) await after(10);
      return resident();
    },
  },
  () => sender.close({ graceMs: 100 }),
);
