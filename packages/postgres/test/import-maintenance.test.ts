import { join } from "node:path";
import { manualClock } from "@heron-webhooks/core/testing";
import { createSender, type NewEvent, type Sender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { expect, test } from "vitest";
import { runImport, createFolder, createSchema } from "./import-helpers.ts";

const DAY_MS = 86_400_000;

function event(id: string, account = "default"): NewEvent {
  return { account, id, idempotent: false, topic: "a.b", body: "{}", user: null, webhook: null };
}

async function publishDead(store: Store, id: string): Promise<void> {
  await store.publish([event(id)]);
  const [claim] = await store.claim({ claimant: "test", max: 1, leaseMs: 1000 });
  const attempt = { status: 500, ms: 1, reason: "no", answer: null };
  await store.complete([{ lease: claim?.lease ?? "", attempt, completion: { state: "dead", reason: "no" } }]);
}

function listEventIds(store: Store): Promise<readonly string[]> {
  return store.deliveries.list({}, {}).then(({ data }) => data.map(({ event }) => event.id));
}

test("events are as old as they are, in whatever order their numbers lie: for pruning, and for recovering", async () => {
  const path = join(createFolder(), "heron.db");
  const schema = createSchema();
  const clock = manualClock();
  const store = schema.store({ clock });
  // What the store has itself has the higher numbers, and is older.
  await store.publish([event("own, 40 days old")]);
  await clock.advance(15 * DAY_MS);
  const file = sqliteStore(path, { clock });
  const sender: Sender = createSender({ store: file, clock });
  const { id } = await sender.webhooks.create({ url: "https://example.com/", topics: ["a.*"] });
  await publishDead(file, "25 days old");
  await clock.advance(23 * DAY_MS);
  await store.publish([event("own, 2 days old")]);
  await publishDead(file, "2 days old");
  await sender.close();
  await clock.advance(1 * DAY_MS);
  const otherFile = sqliteStore(`${path}.other`, { clock });
  await otherFile.publish([event("another's, 1 day old", "other")]);
  await otherFile.close();
  await clock.advance(1 * DAY_MS);
  for (const file of [path, `${path}.other`]) expect((await runImport(file, schema.name).result).code).toBe(0);

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
  expect(await store.deliveries.recover(id, 3 * DAY_MS, 100, null)).toEqual({ recovered: 2, next: null });
  expect(await listEventIds(store)).toEqual(["own, 2 days old", "2 days old", "25 days old"]);
  const { data } = await store.deliveries.list({ state: "pending" }, {});
  expect(data.map(({ event }) => event.id)).toEqual(["own, 2 days old", "2 days old"]);

  const keep = { olderThanMs: 30 * DAY_MS, bytes: Number.MAX_SAFE_INTEGER };
  expect(await store.prune(keep, 100)).toEqual({ pruned: 1, isDone: true });
  expect(await kept()).toEqual(["another's, 1 day old", "25 days old", "2 days old", "own, 2 days old"]);
  expect(await store.prune({ ...keep, maxAgeMs: 10 * DAY_MS }, 100)).toEqual({ pruned: 1, isDone: true });
  expect(await kept()).toEqual(["another's, 1 day old", "2 days old", "own, 2 days old"]);
  await store.close();
}, 60_000);
