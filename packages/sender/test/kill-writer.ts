// Publishes as fast as it can, many at once, and says on its standard output what was acknowledged. To be killed.
import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { sqliteStore } from "../src/index.ts";

const [path = "", from = "0"] = process.argv.slice(2);
const store = sqliteStore(path);
if ((await store.webhooks.get("wbh_kill")) === null)
  await store.webhooks.create(createWebhook({ id: "wbh_kill", concurrency: 5 }), 10);
let nextNumber = Number(from);

async function publishForever(): Promise<void> {
  for (;;) {
    const id = `evt_${nextNumber++}`;
    await store.publish([createEvent({ id, idempotent: true })]);
    // Not `writeSync`, which throws if the pipe is full.
    process.stdout.write(`${id}\n`);
    const [claim] = await store.claim({ claimant: "w", max: 1, leaseMs: 30_000 });
    if (claim === undefined) continue;
    const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
    await store.complete([{ lease: claim.lease, completion: { state: "delivered" }, attempt }]);
    process.stdout.write(`completed ${claim.delivery}\n`);
  }
}

await Promise.all(Array.from({ length: 50 }, publishForever));
