import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { selectCount } from "@heron-webhooks/conformance/runs";
import { createEvent, createWebhook } from "@heron-webhooks/conformance/store";
import { beforeEach, describe, expect, test } from "vitest";
import { type Claim, type Store, sqliteStore } from "../src/index.ts";
import { killAfter, spawnProgram } from "./child-program.ts";
import { createTempFolder } from "./temp-folder.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = createTempFolder();
  path = join(folder, "heron.db");
});

const claimAll = (store: Store): Promise<readonly Claim[]> =>
  store.claim({ claimant: "w", max: 100_000, leaseMs: 60_000 });

describe("a reopened file", () => {
  test("has its pending deliveries: buffered, leased and waiting for a retry", async () => {
    const first = sqliteStore(path);
    await first.webhooks.create(createWebhook({ concurrency: 2 }), 10);
    await first.publish(Array.from({ length: 5 }, () => createEvent()));
    const [one, two] = await claimAll(first);
    if (one === undefined || two === undefined) throw new Error("nothing was claimed");
    const attempt = { responseStatus: 503, durationMs: 3, reason: "answered 503", responseBody: "busy" };
    await first.complete([{ lease: one.lease, completion: { state: "retry", delayMs: 50_000 }, attempt }]);
    await first.close();

    const second = sqliteStore(path);
    const pending = await second.deliveries.list({ state: "pending" }, {});
    expect(pending.data).toHaveLength(5);
    expect(
      await second.complete([{ lease: two.lease, completion: { state: "delivered" }, attempt }]),
    ).toEqual([two.lease]);
    const claims = await claimAll(second);
    expect(claims.map(({ delivery }) => delivery)).toContain(two.delivery);
    expect(claims).toHaveLength(2);
    expect((await second.deliveries.get(one.delivery))?.delivery).toMatchObject({
      attemptCount: 1,
      responseStatus: 503,
    });
    await second.close();
  });

  test("has its pauses, webhooks and idempotency keys", async () => {
    const first = sqliteStore(path);
    await first.webhooks.create(createWebhook({ id: "wbh_g" }), 10);
    await first.setPause({ scope: "webhook", id: "wbh_g", reason: "disabled", durationMs: "forever" });
    await first.publish([createEvent({ id: "k", idempotent: true })]);
    await first.close();
    const second = sqliteStore(path);
    expect(await claimAll(second)).toEqual([]);
    expect(await second.webhooks.pauses("wbh_g")).toMatchObject([{ reason: "disabled", remainingMs: null }]);
    const { published } = await second.publish([createEvent({ id: "k", idempotent: true })]);
    expect(published).toEqual([{ id: "k", deliveryCount: 1, duplicate: true }]);
    await second.close();
  });
});

test("deliveries beyond memory wait in the file, and come in order, once", async () => {
  const store = sqliteStore(path);
  await store.webhooks.create(createWebhook({ concurrency: 1000 }), 10);
  const events = Array.from({ length: 20_000 }, (_, i) => createEvent({ body: String(i) }));
  for (let i = 0; i < events.length; i += 1000) await store.publish(events.slice(i, i + 1000));
  const seen: string[] = [];
  for (;;) {
    const claims = await claimAll(store);
    if (claims.length === 0) break;
    seen.push(...claims.map(({ body }) => body));
    const attempt = { responseStatus: 200, durationMs: 1, reason: null, responseBody: null };
    await store.complete(claims.map(({ lease }) => ({ lease, completion: { state: "delivered" }, attempt })));
  }
  expect(seen).toEqual(events.map(({ body }) => body));
  expect(await store.nextDueIn()).toBeNull();
  await store.close();
}, 60_000);

describe("a file that cannot be used", () => {
  test("because another store has it open: store_busy, and the other is not disturbed", async () => {
    const first = sqliteStore(path);
    await first.webhooks.create(createWebhook(), 10);
    const second = sqliteStore(path, { busyTimeout: 50 });
    await expect(second.publish([createEvent()])).rejects.toMatchObject({ code: "store_busy" });
    await second.close();
    expect((await first.publish([createEvent()])).published).toMatchObject([{ deliveryCount: 1 }]);
    await first.close();
  });

  test("is opened when the other store closes it", async () => {
    const first = sqliteStore(path);
    await first.webhooks.create(createWebhook(), 10);
    const second = sqliteStore(path, { busyTimeout: 20_000 });
    const publishing = second.publish([createEvent()]);
    await first.close();
    expect((await publishing).published).toMatchObject([{ deliveryCount: 1 }]);
    await second.close();
  });

  test("because a newer version wrote it, it is no database, or its folder is missing", async () => {
    const first = sqliteStore(path);
    await first.migrate();
    await first.close();
    const db = new DatabaseSync(path);
    db.exec("pragma user_version = 99");
    db.close();
    for (const [file, code] of [
      [path, "store_version"],
      [fileURLToPath(import.meta.url), "store_unavailable"],
      [join(folder, "none/heron.db"), "store_unavailable"],
    ] as const) {
      const store = sqliteStore(file);
      await expect(store.migrate()).rejects.toMatchObject({ code });
      await store.close();
    }
  });

  test("with an argument that is not JSON: only that call fails", async () => {
    const store = sqliteStore(path);
    const [bad, good] = await Promise.allSettled([
      store.users.addProperties("acme", "u", { callback: () => {} }),
      store.users.addProperties("acme", "u", { plan: "pro" }),
    ]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "option_invalid" } });
    expect(good).toEqual({ status: "fulfilled", value: { plan: "pro" } });
    await store.close();
  });

  test("after close(): calls reject", async () => {
    const store = sqliteStore(path);
    await store.close();
    await expect(store.publish([createEvent()])).rejects.toMatchObject({ code: "closed" });
  });
});

test("after SIGKILL nothing acknowledged is lost, and completed deliveries stay completed", async () => {
  const acknowledged = new Set<string>();
  const completed = new Set<string>();
  for (let round = 0; round < selectCount(2, 10); round++) {
    const writer = spawnProgram("kill-writer.ts", path, String(round * 1_000_000));
    for (const line of await killAfter(30 + ((round * 70) % 350), writer))
      if (line.startsWith("completed ")) completed.add(line.slice("completed ".length));
      else acknowledged.add(line);
  }
  const db = new DatabaseSync(path);
  expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  const kept = new Set(
    (db.prepare("select external_id as id from events").all() as { id: string }[]).map(({ id }) => id),
  );
  db.close();
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
  const store = sqliteStore(path);
  const states = new Map<string, string>();
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.deliveries.list({}, { limit: 1000, cursor });
    for (const { id, state } of page.data) states.set(id, state);
    cursor = page.nextCursor;
  }
  expect([...completed].filter((id) => states.get(id) !== "delivered")).toEqual([]);
  expect(states.size).toBe(kept.size);
  const pending = [...states.values()].filter((state) => state === "pending").length;
  expect(await claimAll(store)).toHaveLength(Math.min(5, pending));
  await store.close();
}, 60_000);

test.each([
  ["as a module", ["--input-type=module"]],
  ["with flags of the process", ["--expose-gc", "--max-old-space-size=256", "--trace-uncaught"]],
])("a program given in a string, %s, can start its thread", (_, flags) => {
  const index = new URL("../src/index.ts", import.meta.url).href;
  const program = `import(${JSON.stringify(index)}).then(async ({ sqliteStore }) => {
    const store = sqliteStore(":memory:"); await store.migrate(); await store.close(); console.log("ran"); })`;
  const { stdout } = spawnSync(process.execPath, [...flags, "-e", program], { encoding: "utf8" });
  expect(stdout).toBe("ran\n");
});

test("the process stays alive until the store is closed, also if its thread starts slowly", () => {
  const slowThread = `import { isMainThread } from "node:worker_threads";
    if (!isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);`;
  const index = new URL("../src/index.ts", import.meta.url).href;
  const program = `import(${JSON.stringify(index)}).then(async ({ sqliteStore }) => {
    await sqliteStore(":memory:").close(); console.log("closed"); })`;
  const preload = `data:text/javascript,${encodeURIComponent(slowThread)}`;
  const { stdout } = spawnSync(process.execPath, ["--import", preload, "-e", program], { encoding: "utf8" });
  expect(stdout).toBe("closed\n");
});
