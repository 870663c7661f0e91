import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Store, sqliteStore } from "../src/index.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heron-bounds-"));
  path = join(folder, "heron.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const EVER = { maxAgeMs: 1e9, maxBytes: Number.MAX_SAFE_INTEGER };

async function publish(
  store: Store,
  count: number,
  parts: Parameters<typeof createEvent>[0] = {},
): Promise<void> {
  for (let left = count; left > 0; left -= 1000)
    await store.publish(Array.from({ length: Math.min(left, 1000) }, () => createEvent(parts)));
}

/** Reads a closed file. */
function rows(sql: string): readonly unknown[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    db.close();
  }
}

describe("no single step takes as long as the log is large", () => {
  test("missed deliveries are searched in steps", async () => {
    const store = sqliteStore(path);
    await store.webhooks.create(createWebhook({ id: "wbh_late", topics: ["c.d"] }), 10);
    await publish(store, 6000);
    await store.webhooks.update("wbh_late", 1, { enabled: false });
    await store.publish([createEvent({ topic: "c.d", id: "evt_missed" })]);
    await store.webhooks.update("wbh_late", 2, { enabled: true });
    const first = await store.deliveries.recover("wbh_late", 1e6, 100, null);
    expect(first).toEqual({ recovered: 0, nextCursor: expect.any(String) });
    expect(await store.deliveries.recover("wbh_late", 1e6, 100, first.nextCursor)).toEqual({
      recovered: 1,
      nextCursor: null,
    });
    await store.close();
  });

  test("deliveries of a deleted webhook are purged in steps, and hidden meanwhile", async () => {
    const store = sqliteStore(path);
    await store.webhooks.create(createWebhook({ id: "wbh_gone", concurrency: 1 }), 10);
    await publish(store, 1200);
    const [claim] = await store.claim({ claimant: "w", max: 1, leaseMs: 30_000 });
    await store.webhooks.delete("wbh_gone");
    expect((await store.deliveries.list({}, {})).data).toEqual([]);
    expect(await store.nextDueIn()).toBeNull();
    await store.close();

    expect(rows("select count(*) as left from deliveries")).toEqual([{ left: 1200 }]);
    const again = sqliteStore(path);
    expect(await again.claim({ claimant: "w", max: 1, leaseMs: 30_000 })).toEqual([]);
    expect(await again.deliveries.get(claim?.delivery ?? "")).toBeNull();
    expect(await again.prune(EVER, 500)).toEqual({ pruned: 0, isDone: false });
    expect(await again.prune(EVER, 500)).toEqual({ pruned: 0, isDone: false });
    expect(await again.prune(EVER, 500)).toEqual({ pruned: 0, isDone: true });
    await again.close();
    expect(rows("select count(*) as left from deliveries")).toEqual([{ left: 0 }]);
  });

  test.each([4999, 5000, 5001, 10_000])(
    "pruning ends although all of %i events have pending deliveries",
    async (count) => {
      const store = sqliteStore(":memory:");
      await store.webhooks.create(createWebhook({ id: "wbh_paused" }), 10);
      await store.setPause({ scope: "webhook", id: "wbh_paused", reason: "disabled", durationMs: "forever" });
      await publish(store, count);
      const steps: boolean[] = [];
      while (steps.at(-1) !== true && steps.length < 10)
        steps.push((await store.prune({ maxAgeMs: 0, maxBytes: 1 }, 500)).isDone);
      expect(steps.at(-1)).toBe(true);
      await store.close();
    },
  );

  test("events behind many with pending deliveries are pruned", async () => {
    const store = sqliteStore(path);
    await store.webhooks.create(createWebhook({ id: "wbh_paused" }), 10);
    await store.setPause({ scope: "webhook", id: "wbh_paused", reason: "disabled", durationMs: "forever" });
    await publish(store, 5500);
    await publish(store, 10, { topic: "c.d" });
    const all = { maxAgeMs: 0, maxBytes: 1 };
    let pruned = 0;
    for (let isDone = false; !isDone; ) {
      const step = await store.prune(all, 500);
      pruned += step.pruned;
      isDone = step.isDone;
    }
    expect(pruned).toBe(10);
    await store.close();
  });
});

/** The number of buffered deliveries by webhook. */
function buffered(): readonly unknown[] {
  return rows(`select w.external_id as webhook, count(d.id) as buffered from webhooks w
    left join deliveries d on d.webhook = w.id and d.state = 2 group by w.id order by w.id`);
}

test("a slow webhook leaves memory to others", async () => {
  const store = sqliteStore(path);
  await store.webhooks.create(createWebhook({ id: "wbh_slow" }), 10);
  await store.webhooks.create(createWebhook({ id: "wbh_other", topics: ["c.d"] }), 10);
  await publish(store, 9000);
  await publish(store, 10, { topic: "c.d" });
  await store.close();
  expect(buffered()).toEqual([
    { webhook: "wbh_slow", buffered: 2000 },
    { webhook: "wbh_other", buffered: 10 },
  ]);
});

test.each(["webhook", "account"] as const)("new deliveries of a paused %s take no memory", async (scope) => {
  const store = sqliteStore(path);
  await store.webhooks.create(createWebhook({ id: "wbh_paused" }), 10);
  await publish(store, 5);
  const id = scope === "webhook" ? "wbh_paused" : "acme";
  await store.setPause({ scope, id, reason: "disabled", durationMs: "forever" });
  await publish(store, 100);
  await store.setPause({ scope, id, reason: "disabled", durationMs: null });
  const claims = await store.claim({ claimant: "w", max: 1000, leaseMs: 1000 });
  expect(claims).toHaveLength(10);
  await store.close();
  expect(buffered()).toEqual([{ webhook: "wbh_paused", buffered: 5 }]);
});

test("deleting a webhook frees its memory", async () => {
  const store = sqliteStore(path);
  for (const n of [1, 2, 3, 4]) {
    await store.webhooks.create(createWebhook({ id: `wbh_${n}` }), 10);
    await publish(store, 2000);
    await store.webhooks.delete(`wbh_${n}`);
  }
  await store.webhooks.create(createWebhook({ id: "wbh_next" }), 10);
  await publish(store, 10);
  await store.close();
  expect(buffered()).toEqual([{ webhook: "wbh_next", buffered: 10 }]);
});

test("after waiting deliveries have expired, nothing is due", async () => {
  const store = sqliteStore(path);
  await store.webhooks.create(createWebhook({ id: "wbh_paused" }), 10);
  await store.setPause({ scope: "webhook", id: "wbh_paused", reason: "circuit_open", durationMs: 60_000 });
  await publish(store, 3);
  expect(await store.nextDueIn()).toBeGreaterThan(0);
  expect((await store.expire(0, 100)).expired).toHaveLength(3);
  expect(await store.nextDueIn()).toBeNull();
  await store.close();
});

test("large bodies of one transaction do not fill the memory", async () => {
  const store = sqliteStore(path);
  await store.webhooks.create(createWebhook({ id: "wbh_large" }), 10);
  const body = "x".repeat(1024 * 1024);
  await store.publish(Array.from({ length: 40 }, () => createEvent({ body })));
  await store.close();
  const [{ buffered } = { buffered: 0 }] = rows(
    "select count(*) as buffered from deliveries where state = 2",
  ) as {
    readonly buffered: number;
  }[];
  expect(buffered).toBeGreaterThanOrEqual(31);
  expect(buffered).toBeLessThanOrEqual(33);
});

test("reading an unknown account writes nothing", async () => {
  const store = sqliteStore(path);
  await store.users.get("unknown", "u");
  await store.deliveries.list({ account: "unknown" }, {});
  await store.webhooks.list({ account: "unknown" }, {});
  await store.users.delete("unknown", "u");
  await store.close();
  expect(rows("select * from accounts")).toEqual([]);
});

describe("the same store opens a file once the obstacle is gone", () => {
  test("another process that has it open", async () => {
    const other = sqliteStore(path);
    await other.webhooks.create(createWebhook({ id: "wbh_one" }), 10);
    await other.publish([createEvent({ id: "evt_pending" })]);
    const store = sqliteStore(path, { busyTimeout: 100 });
    await expect(store.publish([createEvent()])).rejects.toMatchObject({ code: "store_busy" });
    await expect(store.claim({ claimant: "w", max: 1, leaseMs: 1000 })).rejects.toMatchObject({
      code: "store_busy",
    });
    await other.close();
    const [claim] = await store.claim({ claimant: "w", max: 1, leaseMs: 1000 });
    expect(claim?.body).toContain("evt_pending");
    await store.close();
  });

  test("a folder at its path", async () => {
    mkdirSync(path);
    const store = sqliteStore(path);
    await expect(store.publish([createEvent()])).rejects.toMatchObject({ code: "store_unavailable" });
    rmSync(path, { recursive: true });
    const { published } = await store.publish([createEvent({ id: "evt_new" })]);
    expect(published).toMatchObject([{ id: "evt_new", duplicate: false }]);
    await store.close();
  });
});
