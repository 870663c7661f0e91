import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTempFolder } from "../temp-folder.ts";
import { CountingReceiver } from "./counting-receiver.ts";
import { PROGRAM, runUntilFull } from "./full-disk.ts";
import { readContents } from "./read-contents.ts";

/** Failures among the attempts in flight when the disk is full; fewer than open a circuit. */
const FAILING = 6;

test("on a full disk events are rejected, and with free space the sender continues", async () => {
  const folder = createTempFolder();
  const [path, taken] = [join(folder, "heron.db"), join(folder, "taken")];
  writeFileSync(taken, "");
  await using counter = await CountingReceiver.open();
  // The first attempts end only once the disk is full, and each has something to be written down.
  let onFull = (): void => {};
  const isFull = new Promise<void>((resolve) => (onFull = resolve));
  counter.shouldFail = async (index) => {
    await isFull;
    return index < FAILING;
  };
  const preload = new URL("small-disk.ts", import.meta.url).href;
  const said = await runUntilFull(
    process.execPath,
    ["--import", preload, PROGRAM, path, counter.url, taken],
    {
      env: { HERON_TAKEN: taken },
      onFull,
      mayContinue: (line) => line.includes('"complete" failed'),
      limitMs: 50_000,
    },
  );
  expect(said.code).toBe(0);
  // It took some, and refused one alone and three that came together.
  expect(said.accepted.length).toBeGreaterThan(20);
  expect(said.refused.map((line) => line.split(" ")[1])).toEqual(Array(4).fill("store_full"));
  // What was refused left nothing behind: with the same ids it was new.
  expect(said.duplicate).toEqual([]);
  expect([...counter.events].sort()).toEqual([...said.accepted].sort());
  // Every attempt was made once and written down, those too that could not be written down at first.
  expect(said.drained).toBe(`${said.accepted.length} ${FAILING}`);
  expect(counter.requests).toBe(said.accepted.length + FAILING);
  expect(Math.max(...counter.accepted.values())).toBe(1);
  const { events, isIntact } = await readContents(path);
  expect([events.size, isIntact]).toEqual([said.accepted.length, true]);
}, 60_000);
