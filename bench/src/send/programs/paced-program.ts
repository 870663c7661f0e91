import { setTimeout as after } from "node:timers/promises";
import { sqliteStore } from "@heron-webhooks/sender";
import { getSharedNow } from "../clock.ts";
import { CONCURRENCY } from "../delivery-program.ts";
import { createHeronSender } from "../heron-sender.ts";
import { parseProgramOptions, serveQuestions } from "../program.ts";
import { createData, SECRET, TOPIC } from "../request.ts";

/** Emits at a constant rate, without waiting for deliveries. */
const { origin, path } = parseProgramOptions<{ readonly origin: string; readonly path: string }>();
let completed = 0;
const sender = createHeronSender(sqliteStore(path), (count) => {
  completed += count;
});
await sender.webhooks.create({
  url: `${origin}/timed`,
  topics: [TOPIC],
  secret: SECRET,
  concurrency: CONCURRENCY,
});
sender.start();

serveQuestions(
  {
    async emitAtRate({ perSecond, seconds }: { readonly perSecond: number; readonly seconds: number }) {
      const [from, before, eventCount] = [getSharedNow(), completed, perSecond * seconds];
      for (let emitted = 0; emitted < eventCount; await after(1)) {
        const due = Math.min(eventCount, ((getSharedNow() - from) / 1000) * perSecond);
        // The time counts from when the emit was due, so a delayed event loop is included.
        for (; emitted < due; emitted++)
          void sender.emit(TOPIC, { ...createData(emitted), at: from + (emitted / perSecond) * 1000 });
      }
      while (completed - before < eventCount) await after(5);
    },
  },
  () => sender.close({ timeout: 100 }),
);
