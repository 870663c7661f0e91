// Emits and settles through the store in a file, closing and opening it now and then, and says what was acknowledged.
// The diary of it is what power cuts are tried on.
import { writeSync } from "node:fs";
import { createSender, type Sender, type Store, sqliteStore } from "../../../src/index.ts";
import { quiet } from "../../opened.ts";

const [path = "", sessions = "1", events = "10", size = "100"] = process.argv.slice(2);
const AT_ONCE = 3;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const text = "x".repeat(Number(size));

async function emitting(sender: Sender, store: Store, first: number): Promise<void> {
  for (let n = first; n < Number(events); n += AT_ONCE) {
    const { id } = await sender.emit("a.b", { n, text });
    say(`accepted ${id}`);
    // Every other event is delivered, so that there is something to be forgotten about deliveries, too.
    const [claim] = n % 2 === 0 ? await store.claim({ worker: "w", max: 1, leaseMs: 60_000 }) : [];
    if (claim === undefined) continue;
    const attempt = { status: 200, ms: 1, reason: null, answer: null };
    await store.settle([{ lease: claim.lease, settled: { state: "delivered" }, attempt }]);
    say(`delivered ${claim.delivery}`);
  }
}

for (let session = 0; session < Number(sessions); session++) {
  const store = sqliteStore(path);
  // It is never started: this program delivers by hand.
  const sender = createSender({ store, logger: quiet });
  if (session === 0) await sender.webhooks.create({ url: "https://example.com/", topics: ["**"] });
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => emitting(sender, store, first)));
  await sender.close();
}
