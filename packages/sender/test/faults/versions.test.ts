import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";
import { sqliteStore } from "../../src/index.ts";
import { createStartedSender, waitForState } from "../create-test-sender.ts";
import { RecordingServer } from "../recording-server.ts";
import { createTempFolder } from "../temp-folder.ts";

let path: string;

beforeEach(() => {
  path = join(createTempFolder(), "heron.db");
});

/** A file that this version of the store wrote, `ageMs` ago, with webhooks that lead to `receiver`. */
function written(version: number, receiver: string, ageMs = 60_000): void {
  const sql = readFileSync(new URL(`v${version}.sql`, import.meta.url), "utf8");
  const db = new DatabaseSync(path);
  db.exec(sql.replaceAll("RECEIVER", receiver).replaceAll("NOW", String(Date.now() - ageMs)));
  db.close();
}

test.each([1])("a file of version %i is opened with its contents", async (version) => {
  written(version, "https://example.com");
  const store = sqliteStore(path);
  expect(await store.webhooks.get("wbh_open")).toMatchObject({
    url: "https://example.com/open",
    topics: ["invoice.*"],
    headers: { "x-from": "acme" },
    template: { paid: "{{ data.amount }}", by: "{{ user.name }}" },
    metadata: { team: "billing" },
    version: 3,
  });
  expect(await store.webhooks.get("wbh_gone")).toMatchObject({ enabled: false, disabledBy: "gone" });
  expect((await store.webhooks.list({ account: "acme" }, {})).data).toHaveLength(2);
  expect(await store.webhooks.pauses("wbh_shut")).toMatchObject([{ reason: "disabled", remainingMs: null }]);
  expect(await store.users.get("acme", "u1")).toEqual({ name: "Ann" });
  const { data: items } = await store.deliveries.list({}, {});
  expect(items).toMatchObject([
    { event: { id: "evt_shut" }, webhook: "wbh_shut", account: "other", state: "pending", attemptCount: 0 },
    { event: { id: "evt_hot" }, webhook: "wbh_open", state: "pending", attemptCount: 0 },
    { event: { id: "order-7" }, webhook: "wbh_open", state: "pending", attemptCount: 1, responseStatus: 503 },
    { event: { id: "evt_delivered" }, webhook: "wbh_gone", state: "dead", responseStatus: 410 },
    { event: { id: "evt_delivered" }, webhook: "wbh_open", state: "delivered", responseStatus: 200 },
  ]);
  const attempts = await Promise.all(items.map(async ({ id }) => (await store.deliveries.get(id))?.attempts));
  expect(attempts).toMatchObject([
    [],
    [],
    [{ number: 1, responseStatus: 503, durationMs: 15, responseBody: "busy" }],
    [{ number: 1, responseStatus: 410, durationMs: 9, responseBody: "gone" }],
    [{ number: 1, responseStatus: 200, durationMs: 12 }],
  ]);
  await store.close();
});

test.each([1])(
  "a file of version %i continues: pending deliveries arrive once, and known ids are duplicates",
  async (version) => {
    await using sink = await RecordingServer.open();
    written(version, sink.url);
    for (let time = 0; time < 2; time++) {
      const { sender } = createStartedSender({ store: sqliteStore(path) });
      expect(await sender.emit("invoice.paid", 0, { account: "acme", id: "order-7" })).toMatchObject({
        duplicate: true,
        deliveryCount: 1,
      });
      await waitForState(sender, "delivered", 3);
      await sender.close();
    }
    const bodies = sink.requests.map(({ body }) => JSON.parse(body.toString()) as unknown);
    expect(bodies).toEqual([
      { paid: 2, by: "Ann" },
      { paid: 3, by: "Ann" },
    ]);
    expect(sink.requests[0]?.headers).toMatchObject({ "x-from": "acme" });
  },
);

test("a file of a newer version is left unchanged, with a hint", async () => {
  written(1, "https://example.com");
  const db = new DatabaseSync(path);
  db.exec("pragma user_version = 1000; pragma journal_mode = delete");
  db.close();
  const before = readFileSync(path);
  const store = sqliteStore(path);
  await expect(store.migrate()).rejects.toMatchObject({
    code: "store_version",
    message: expect.stringMatching(/newer version.*1000.*Update @heron-webhooks\/sender/),
  });
  await store.close();
  // A schema of another version is nothing to write to: only how SQLite keeps its log may differ.
  const after = new DatabaseSync(path);
  after.exec("pragma journal_mode = delete");
  expect(after.prepare("pragma user_version").get()).toEqual({ user_version: 1000 });
  expect(after.prepare("select count(*) as n from deliveries where state = 2").get()).toEqual({ n: 1 });
  after.close();
  expect(readFileSync(path).length).toBe(before.length);
});
