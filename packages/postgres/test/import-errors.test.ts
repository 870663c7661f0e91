import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sqliteStore } from "@heron-webhooks/sender";
import { expect, test, vi } from "vitest";
import { SourceFile } from "../src/import/source-file.ts";
import { readFileHex, runImport, createFolder, createSchema, expectFailure } from "./import-helpers.ts";
import { createTestSender, makeSmallFile } from "./sender-file.ts";

vi.setConfig({ testTimeout: 60_000 });

test("there is none, and none is made", async () => {
  const path = join(createFolder(), "heron.db");
  await expectFailure(
    runImport(path, "never"),
    /^There is no file .*heron\.db: name the one that sqliteStore was given\./,
  );
  expect(readFileHex(path)).toEqual([null, null]);
});

test("it is none of a sender's", async () => {
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
  const notOurs = /is not a file that a sender keeps: name the one that sqliteStore was given\.\n$/;
  for (const path of [text, empty, otherDatabase]) await expectFailure(runImport(path, "never"), notOurs);
  await expectFailure(runImport(dir, "never"), /dir is not a file\.\n$/);
});

test("a newer version wrote it", async () => {
  const path = await makeSmallFile();
  const db = new DatabaseSync(path);
  db.exec("pragma user_version = 99");
  db.close();
  await expectFailure(
    runImport(path, "never"),
    /was written by a newer version \(99, this one reads \d+\): update @heron-webhooks\/postgres\.\n$/,
  );
});

test("a sender has it, and no sender gets it while it is moved", async () => {
  const path = await makeSmallFile();
  const store = sqliteStore(path);
  await store.migrate();
  await expectFailure(
    runImport(path, "never"),
    /^Another process has .*heron\.db: stop the sender, and run this again\./,
  );
  await store.close();
  const source = SourceFile.open(path);
  const late = sqliteStore(path, { busyTimeout: 1 });
  await expect(late.migrate()).rejects.toMatchObject({ code: "store_busy" });
  expect(() => new DatabaseSync(path).exec("delete from users")).toThrow("locked");
  source.close();
  await late.close();
});

test("it was used after it was moved", async () => {
  const path = await makeSmallFile();
  const schema = createSchema();
  expect((await runImport(path, schema.name).result).code).toBe(0);
  const sender = createTestSender(sqliteStore(path));
  await sender.emit("a.b", 2);
  await sender.close();
  await expectFailure(
    runImport(path, schema.name),
    /^A sender used .*heron\.db after it was moved, on .* --schema\.\n$/,
  );
  const { rows } = await schema.pool.query(`select count(*)::int as count from ${schema.name}.events`);
  expect(rows).toEqual([{ count: 1 }]);
});

test("its webhooks are there already", async () => {
  const path = await makeSmallFile();
  const schema = createSchema();
  expect((await runImport(path, schema.name).result).code).toBe(0);
  // As if it were another file.
  const db = new DatabaseSync(path);
  db.exec("update meta set value = 'abcdef01' where name = 'name'");
  db.close();
  await expectFailure(
    runImport(path, schema.name),
    /has the webhook wbh_[0-9a-f]+ already, and not from this file: .*--schema\.\n$/,
  );
  const { rows } = await schema.pool.query(`select count(*)::int as count from ${schema.name}.webhooks`);
  expect(rows).toEqual([{ count: 1 }]);
});

test("a process that was killed left a log: it is read, and stays beside the file", async () => {
  const path = await makeSmallFile();
  const db = new DatabaseSync(path);
  db.exec("update deliveries set state = 4, attempts = 1");
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
  expect(stdout).toContain("heron.db-wal stay as they were");
  const { rows } = await schema.pool.query(`select wake_at::float from ${schema.name}.lanes`);
  expect(rows).toEqual([{ wake_at: expect.any(Number) }]);
  expect(readFileHex(path)).toEqual(bytes);

  const source = SourceFile.open(path);
  const late = sqliteStore(path, { busyTimeout: 1 });
  await expect(late.migrate()).rejects.toMatchObject({ code: "store_busy" });
  source.close();
  await late.close();
  // What a sender finds in memory alone when it starts is no change.
  expect(await runImport(path, schema.name).result).toMatchObject({ code: 0, stderr: "" });
});
