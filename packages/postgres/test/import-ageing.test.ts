import { join } from "node:path";
import { manualClock } from "@heron-webhooks/core/testing";
import { createSender, type NewEvent, type Sender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { expect, test } from "vitest";
import { importing, ownFolder, ownSchema } from "./importing.ts";

const DAY = 86_400_000;

function event(id: string, account = "default"): NewEvent {
  return { account, id, idempotent: false, topic: "a.b", body: "{}", user: null, webhook: null };
}

async function dies(store: Store, id: string): Promise<void> {
  await store.publish([event(id)]);
  const [claim] = await store.claim({ worker: "test", max: 1, leaseMs: 1000 });
  const attempt = { status: 500, ms: 1, reason: "no", answer: null };
  await store.settle([{ lease: claim?.lease ?? "", attempt, settled: { state: "dead", reason: "no" } }]);
}

function eventsOf(store: Store): Promise<readonly string[]> {
  return store.deliveries.list({}, {}).then(({ items }) => items.map(({ event }) => event.id));
}

test("events are as old as they are, in whatever order their numbers lie: for pruning, and for recovering", async () => {
  const path = join(ownFolder(), "heron.db");
  const schema = ownSchema();
  const clock = manualClock();
  const store = schema.store({ clock });
  // What the store has itself has the higher numbers, and is older.
  await store.publish([event("own, 40 days old")]);
  await clock.advance(15 * DAY);
  const file = sqliteStore(path, { clock });
  const sender: Sender = createSender({ store: file, clock });
  const { id } = await sender.webhooks.create({ url: "https://example.com/", topics: ["a.*"] });
  await dies(file, "25 days old");
  await clock.advance(23 * DAY);
  await store.publish([event("own, 2 days old")]);
  await dies(file, "2 days old");
  await sender.close();
  await clock.advance(1 * DAY);
  const other = sqliteStore(`${path}.other`, { clock });
  await other.publish([event("another's, 1 day old", "other")]);
  await other.close();
  await clock.advance(1 * DAY);
  for (const file of [path, `${path}.other`]) expect((await importing(file, schema.name).said).code).toBe(0);

  const kept = async (): Promise<readonly string[]> => {
    const { rows } = await schema.pool.query(`select key from ${schema.name}.events order by id`);
    return rows.map(({ key }: { readonly key: string }) => key);
  };
  expect(await kept()).toEqual([
    "another's, 1 day old",
    "25 days old",
    "2 days old",
    "own, 40 days old",
    "own, 2 days old",
  ]);
  expect(await store.deliveries.recover(id, 3 * DAY, 100, null)).toEqual({ recovered: 2, next: null });
  expect(await eventsOf(store)).toEqual(["own, 2 days old", "2 days old", "25 days old"]);
  const { items } = await store.deliveries.list({ state: "pending" }, {});
  expect(items.map(({ event }) => event.id)).toEqual(["own, 2 days old", "2 days old"]);

  const keep = { olderThanMs: 30 * DAY, bytes: Number.MAX_SAFE_INTEGER };
  expect(await store.prune(keep, 100)).toEqual({ pruned: 1, isDone: true });
  expect(await kept()).toEqual(["another's, 1 day old", "25 days old", "2 days old", "own, 2 days old"]);
  expect(await store.prune({ ...keep, olderThanMs: 10 * DAY }, 100)).toEqual({ pruned: 1, isDone: true });
  expect(await kept()).toEqual(["another's, 1 day old", "2 days old", "own, 2 days old"]);
  await store.close();
}, 60_000);
