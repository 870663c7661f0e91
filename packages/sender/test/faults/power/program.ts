// Emits and completes deliveries in a SQLite file, closing and opening it now and then, and says what was acknowledged.
// The diary of it is what power cuts are tried on.
import { writeSync } from "node:fs";
import { createSender, type Sender, type Store, sqliteStore } from "../../../src/index.ts";
import { silentLogger } from "../../create-test-sender.ts";

const [path = "", sessions = "1", events = "10", size = "100"] = process.argv.slice(2);
const CONCURRENCY = 3;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const text = "x".repeat(Number(size));

async function emitEvents(sender: Sender, store: Store, first: number): Promise<void> {
  for (let n = first; n < Number(events); n += CONCURRENCY) {
    const { id } = await sender.emit("a.b", { n, text });
    say(`accepted ${id}`);
    // Every other event is delivered, so that there is something to be forgotten about deliveries, too.
    const [claim] = n % 2 === 0 ? await store.claim({ claimant: "w", max: 1, leaseMs: 60_000 }) : [];
    if (claim === undefined) continue;
    const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
    await store.complete([{ lease: claim.lease, completion: { state: "delivered" }, attempt }]);
    say(`delivered ${claim.delivery}`);
  }
}

for (let session = 0; session < Number(sessions); session++) {
  const store = sqliteStore(path);
  // It is never started: this program delivers by hand.
  const sender = createSender({ store, logger: silentLogger });
  if (session === 0) await sender.webhooks.create({ url: "https://example.com/", topics: ["**"] });
  await Promise.all(Array.from({ length: CONCURRENCY }, (_, first) => emitEvents(sender, store, first)));
  await sender.close();
}
