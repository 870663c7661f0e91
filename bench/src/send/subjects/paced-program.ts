import { setTimeout as after } from "node:timers/promises";
import { sqliteStore } from "@heron-webhooks/sender";
import { sharedNow } from "../clock.ts";
import { heronSender } from "../heron-sender.ts";
import { answerWith, programOptions } from "../program.ts";
import { dataOf, SECRET, TOPIC } from "../request.ts";
import { SLOTS } from "../subject.ts";

/** Emits so many events a second, whatever becomes of them. */
const { origin, path } = programOptions<{ readonly origin: string; readonly path: string }>();
let settled = 0;
const sender = heronSender(sqliteStore(path), (count) => {
  settled += count;
});
await sender.webhooks.create({
  url: `${origin}/timed`,
  topics: [TOPIC],
  secret: SECRET,
  concurrency: SLOTS,
});
sender.start();

answerWith(
  {
    async pace({ perSecond, seconds }: { readonly perSecond: number; readonly seconds: number }) {
      const [from, before, all] = [sharedNow(), settled, perSecond * seconds];
      for (let emitted = 0; emitted < all; await after(1)) {
        const due = Math.min(all, ((sharedNow() - from) / 1000) * perSecond);
        // Counted from when it was due: an event loop that is late makes its events late.
        for (; emitted < due; emitted++)
          void sender.emit(TOPIC, { ...dataOf(emitted), at: from + (emitted / perSecond) * 1000 });
      }
      while (settled - before < all) await after(5);
    },
  },
  () => sender.close({ graceMs: 100 }),
);
