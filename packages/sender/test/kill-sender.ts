// A sender over a file, which emits as fast as it can and says what was accepted. To be killed.
import { retrySchedule } from "@heron-webhooks/core";
import { createSender, sqliteStore } from "../src/index.ts";
import { SECRET } from "./opened.ts";

const [path = "", url = "", from = "0"] = process.argv.slice(2);
const sender = createSender({
  store: sqliteStore(path),
  egress: { allow: ["127.0.0.0/8"], http: true },
  schedule: retrySchedule({ delays: Array.from({ length: 20 }, () => 20) }),
});
if (from === "0") await sender.webhooks.create({ url, topics: ["**"], secret: SECRET, concurrency: 20 });
sender.start();
let next = Number(from);

async function emitting(): Promise<void> {
  for (;;) {
    const { id } = await sender.emit("a.b", next++);
    // Not `writeSync`, which throws when nobody has read the pipe in time.
    process.stdout.write(`${id}\n`);
  }
}

// The last time it only delivers what is left.
if (Number(from) >= 0) await Promise.all(Array.from({ length: 20 }, emitting));
