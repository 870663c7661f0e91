import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqliteStore } from "@heron-webhooks/sender";
import { expect, test, vi } from "vitest";
import { SourceFile } from "../src/import/source-file.ts";
import { createFolder, createSchema, expectFailure, readFileHex, runImport } from "./run-import.ts";
import { createTestSender, makeSmallFile } from "./sender-file.ts";

vi.setConfig({ testTimeout: 60_000 });

test("a missing file is reported and not created", async () => {
  const path = join(createFolder(), "heron.db");
  await expectFailure(
    runImport(path, "never"),
    /^The file .*heron\.db does not exist\. Use the path that was passed to sqliteStore\./,
  );
  expect(readFileHex(path)).toEqual([null, null]);
});

test("the file is not a sender's", async () => {
  const folder = createFolder();
  const [text, empty, otherDatabase, dir] = ["text", "empty", "other.db", "dir"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(text, "This is no database, though it is long enough to have a header of one.");
  writeFileSync(empty, "");
  mkdirSync(dir);
  const db = new DatabaseSync(otherDatabase);
  db.exec("create table meta(name, value); pragma user_version = 1");
  db.close();
  const notOurs = /is not a sender's file\. Use the path that was passed to sqliteStore\.\n$/;
  for (const path of [text, empty, otherDatabase]) await expectFailure(runImport(path, "never"), notOurs);
  await expectFailure(runImport(dir, "never"), /dir is not a file\.\n$/);
});

test("a newer version wrote the file", async () => {
  const path = await makeSmallFile();
  const db = new DatabaseSync(path);
  db.exec("pragma user_version = 99");
  db.close();
  await expectFailure(
    runImport(path, "never"),
    /was written by a newer version \(99, this one reads \d+\): update @heron-webhooks\/postgres\.\n$/,
  );
});

test("a sender has the file open, and no sender can open it during the import", async () => {
  const path = await makeSmallFile();
  const store = sqliteStore(path);
  await store.migrate();
  await expectFailure(
    runImport(path, "never"),
    /^Another process has .*heron\.db open\. Stop the sender and run the command again\./,
  );
  await store.close();
  const source = SourceFile.open(path);
  const late = sqliteStore(path, { busyTimeout: 1 });
  await expect(late.migrate()).rejects.toMatchObject({ code: "store_busy" });
  expect(() => new DatabaseSync(path).exec("delete from users")).toThrow("locked");
  source.close();
  await late.close();
});

test("a sender used the file after the import", async () => {
  const path = await makeSmallFile();
  const schema = createSchema();
  expect((await runImport(path, schema.name).result).code).toBe(0);
  const sender = createTestSender(sqliteStore(path));
  await sender.emit("a.b", 2);
  await sender.close();
  await expectFailure(
    runImport(path, schema.name),
    /^A sender used .*heron\.db after it was imported on .* --schema\.\n$/,
  );
  const { rows } = await schema.pool.query(`select count(*)::int as count from ${schema.name}.events`);
  expect(rows).toEqual([{ count: 1 }]);
});

test("the schema has its webhooks already", async () => {
  const path = await makeSmallFile();
  const schema = createSchema();
  expect((await runImport(path, schema.name).result).code).toBe(0);
  // The store name of another file.
  const db = new DatabaseSync(path);
  db.exec("update meta set value = 'abcdef01' where name = 'store_name'");
  db.close();
  await expectFailure(
    runImport(path, schema.name),
    /already has the webhook wbh_[0-9a-f]+, which was not imported from this file\. .*--schema\.\n$/,
  );
  const { rows } = await schema.pool.query(`select count(*)::int as count from ${schema.name}.webhooks`);
  expect(rows).toEqual([{ count: 1 }]);
});

test("the WAL of a killed process is read, and stays beside the file", async () => {
  const path = await makeSmallFile();
  const db = new DatabaseSync(path);
  db.exec("update deliveries set state = 4, attempt_count = 1");
  db.close();
  const program = `const { sqliteStore } = await import(${JSON.stringify(import.meta.resolve("@heron-webhooks/sender"))});
      const store = sqliteStore(${JSON.stringify(path)});
      await store.publish([{ account: "default", id: "late", idempotent: true, topic: "a.b", body: "{}", user: null, webhook: null }]);
      process.kill(process.pid, "SIGKILL");`;
  await once(spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" }), "exit");
  const bytes = readFileHex(path);
  expect(bytes[1]).not.toBeNull();
  const schema = createSchema();
  const { code, stdout } = await runImport(path, schema.name).result;
  expect(code).toBe(0);
  expect(stdout).toMatch(/2 {2}events\n +1 {2}pending deliveries/);
  expect(stdout).toContain("heron.db-wal as a backup");
  const { rows } = await schema.pool.query(`select next_due_at::float from ${schema.name}.webhook_leases`);
  expect(rows).toEqual([{ next_due_at: expect.any(Number) }]);
  expect(readFileHex(path)).toEqual(bytes);

  const source = SourceFile.open(path);
  const late = sqliteStore(path, { busyTimeout: 1 });
  await expect(late.migrate()).rejects.toMatchObject({ code: "store_busy" });
  source.close();
  await late.close();
  // Recovering buffered deliveries at the start of a sender is not a change.
  expect(await runImport(path, schema.name).result).toMatchObject({ code: 0, stderr: "" });
});
