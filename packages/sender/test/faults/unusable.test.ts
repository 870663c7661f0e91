import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { sqliteStore } from "../../src/index.ts";
import { createStartedSender } from "../create-test-sender.ts";
import { createTempFolder } from "../temp-folder.ts";

let folder: string;

beforeEach(() => {
  folder = createTempFolder();
});

async function made(path: string): Promise<void> {
  const store = sqliteStore(path);
  await store.migrate();
  await store.close();
}

interface Case {
  readonly what: string;
  /** Makes it, and gives its path. */
  readonly make: (folder: string) => string | Promise<string>;
  /** What to look at, in the message. */
  readonly teaches: RegExp;
}

const CASES: readonly Case[] = [
  {
    what: "text",
    make: (folder) => {
      const path = join(folder, "notes.txt");
      writeFileSync(path, "Not a database. ".repeat(1000));
      return path;
    },
    teaches: /not a database.*another path/,
  },
  {
    what: "shorter than a database's header",
    make: (folder) => {
      const path = join(folder, "short");
      writeFileSync(path, "short");
      return path;
    },
    teaches: /not a database.*another path/,
  },
  { what: "a folder", make: (folder) => folder, teaches: /check that its folder exists/i },
  {
    what: "in a folder that is not there",
    make: (folder) => join(folder, "none", "heron.db"),
    teaches: /check that its folder exists/i,
  },
  {
    what: "in a folder that is a file",
    make: (folder) => {
      writeFileSync(join(folder, "file"), "");
      return join(folder, "file", "heron.db");
    },
    teaches: /check that its folder exists/i,
  },
  {
    what: "read-only",
    make: async (folder) => {
      const path = join(folder, "heron.db");
      await made(path);
      chmodSync(path, 0o400);
      // Root ignores file modes, so SQLite opens the file in read-only mode.
      return `file:${path}?mode=ro`;
    },
    teaches: /may write to the file/,
  },
];

test.each(CASES)(
  "a path that is $what: store_unavailable, with its path and a hint",
  async ({ make, teaches }) => {
    const path = await make(folder);
    const { sender } = createStartedSender({ store: sqliteStore(path) });
    const refused = { code: "store_unavailable", message: expect.stringMatching(teaches) };
    await expect(sender.emit("a.b", null)).rejects.toMatchObject(refused);
    await expect(sender.emit("a.b", null)).rejects.toMatchObject({ message: expect.stringContaining(path) });
    await sender.close();
  },
);

test("a file that is no database is left unchanged", async () => {
  const path = join(folder, "notes.txt");
  const text = "Not a database. ".repeat(1000);
  writeFileSync(path, text);
  const store = sqliteStore(path);
  await expect(store.migrate()).rejects.toMatchObject({ code: "store_unavailable" });
  await store.close();
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("after an obstacle is removed, the next store opens the file", async () => {
  const path = join(folder, "heron.db");
  mkdirSync(path);
  const first = sqliteStore(path);
  await expect(first.migrate()).rejects.toMatchObject({ code: "store_unavailable" });
  await first.close();
  rmSync(path, { recursive: true });
  await made(path);
});
