// A sender on a disk that becomes full: it says what came of each event, waits for a line, makes room, and goes on.
import { once } from "node:events";
import { rmSync, writeSync } from "node:fs";
import { HeronError } from "@heron-webhooks/core";
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { createSender, sqliteStore } from "../../src/index.ts";
import { silentLogger } from "../create-test-sender.ts";

const [path = "", url = "", taken = ""] = process.argv.slice(2);
const say = (...words: readonly unknown[]): void => void writeSync(1, `${words.join(" ")}\n`);
const sender = createSender({
  store: sqliteStore(path),
  egress: { allow: ["127.0.0.0/8"], allowHttp: true },
  retry: createRetryPolicy({ delays: Array.from({ length: 20 }, () => 20) }),
  logger: { ...silentLogger, error: (_, text) => say("logged", text) },
});

/** Whether it was accepted; what it says is `accepted ID` or `refused ID CODE`. */
async function emit(n: number, size = 8000): Promise<boolean> {
  const id = `event-${n}`;
  try {
    const { duplicate } = await sender.emit("a.b", { n, text: "x".repeat(size) }, { id });
    say(duplicate ? "duplicate" : "accepted", id);
    return true;
  } catch (error) {
    say("refused", id, HeronError.is(error) ? error.code : error);
    return false;
  }
}

await sender.webhooks.create({ url, topics: ["**"] });
sender.start();
let n = 0;
while (await emit(n)) n++;
// Several at once share a transaction: the small one, for which there is room, goes with the others.
await Promise.all([emit(n, 1), emit(n + 1), emit(n + 2)]);
say("full");
await once(process.stdin, "data");
rmSync(taken);
for (let more = 0; more < 10; more++) await emit(n + more);
while ((await sender.deliveries.list({ state: "pending" }, { limit: 1 })).data.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 20));
const { data: items } = await sender.deliveries.list({ state: "delivered" }, { limit: 1000 });
say("drained", items.length, items.filter(({ attemptCount }) => attemptCount === 2).length);
await sender.close();
process.exit();
