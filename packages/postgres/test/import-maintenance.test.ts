import { join } from "node:path";
import { manualClock } from "@heron-webhooks/core/testing";
import { createSender, type NewEvent, type Sender, type Store, sqliteStore } from "@heron-webhooks/sender";
import { expect, test } from "vitest";
import { createFolder, createSchema, runImport } from "./run-import.ts";

const DAY_MS = 86_400_000;

function event(id: string, account = "default"): NewEvent {
  return { account, id, idempotent: false, topic: "a.b", body: "{}", user: null, webhook: null };
}

async function publishDead(store: Store, id: string): Promise<void> {
  await store.publish([event(id)]);
  const [claim] = await store.claim({ claimant: "test", max: 1, leaseMs: 1000 });
  const attempt = { responseStatus: 500, durationMs: 1, reason: "no", responseBody: null };
  await store.complete([{ lease: claim?.lease ?? "", attempt, completion: { state: "dead", reason: "no" } }]);
}

function listEventIds(store: Store): Promise<readonly string[]> {
  return store.deliveries.list({}, {}).then(({ data }) => data.map(({ event }) => event.id));
}

test("pruning and recovering go by the age of events, in whatever order their ids are", async () => {
  const path = join(createFolder(), "heron.db");
  const schema = createSchema();
  const clock = manualClock();
  const store = schema.store({ clock });
  // The store's own event has a higher id and is older.
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
  for (const file of [path, `${path}.other`])
    expect((await runImport(file, schema.name).result).code).toBe(0);

  const listStored = async (): Promise<readonly string[]> => {
    const { rows } = await schema.pool.query(`select external_id from ${schema.name}.events order by id`);
    return rows.map((row: { readonly external_id: string }) => row.external_id);
  };
  expect(await listStored()).toEqual([
    "another's, 1 day old",
    "25 days old",
    "2 days old",
    "own, 40 days old",
    "own, 2 days old",
  ]);
  expect(await store.deliveries.recover(id, 3 * DAY_MS, 100, null)).toEqual({
    recovered: 2,
    nextCursor: null,
  });
  expect(await listEventIds(store)).toEqual(["own, 2 days old", "2 days old", "25 days old"]);
  const { data } = await store.deliveries.list({ state: "pending" }, {});
  expect(data.map(({ event }) => event.id)).toEqual(["own, 2 days old", "2 days old"]);

  const limits = { maxAgeMs: 30 * DAY_MS, maxBytes: Number.MAX_SAFE_INTEGER };
  expect(await store.prune(limits, 100)).toEqual({ pruned: 1, isDone: true });
  expect(await listStored()).toEqual([
    "another's, 1 day old",
    "25 days old",
    "2 days old",
    "own, 2 days old",
  ]);
  expect(await store.prune({ ...limits, maxAgeMs: 10 * DAY_MS }, 100)).toEqual({ pruned: 1, isDone: true });
  expect(await listStored()).toEqual(["another's, 1 day old", "2 days old", "own, 2 days old"]);
  await store.close();
}, 60_000);
