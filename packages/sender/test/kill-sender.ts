// A sender over a file, which emits as fast as it can and says what was accepted. To be killed.
import { createRetryPolicy } from "@heron-webhooks/core/delivery";
import { createSender, sqliteStore } from "../src/index.ts";
import { SECRET } from "./create-test-sender.ts";

const [path = "", url = "", from = "0"] = process.argv.slice(2);
const sender = createSender({
  store: sqliteStore(path),
  egress: { allow: ["127.0.0.0/8"], allowHttp: true },
  retry: createRetryPolicy({ delays: Array.from({ length: 20 }, () => 20) }),
});
if (from === "0") await sender.webhooks.create({ url, topics: ["**"], secret: SECRET, concurrency: 20 });
sender.start();
let nextNumber = Number(from);

async function emitForever(): Promise<void> {
  for (;;) {
    const { id } = await sender.emit("a.b", nextNumber++);
    // Not `writeSync`, which throws if the pipe is full.
    process.stdout.write(`${id}\n`);
  }
}

// The last time it only delivers what is left.
if (Number(from) >= 0) await Promise.all(Array.from({ length: 20 }, emitForever));
