import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteStore } from "../../src/index.ts";
import { type ChildProgram, spawnProgram } from "../child-program.ts";
import { createStartedSender } from "../create-test-sender.ts";
import { createTempFolder } from "../temp-folder.ts";

/** A file that another process has open. */
async function held(): Promise<{ readonly path: string; readonly child: ChildProgram }> {
  const path = join(createTempFolder(), "heron.db");
  const child = spawnProgram("faults/hold-file.ts", path);
  await once(child.stdout, "data");
  return { path, child };
}

test("a file that another process has open is store_busy after busyTimeout, and the other continues", async () => {
  const { path, child } = await held();
  const began = performance.now();
  const { sender } = createStartedSender({ store: sqliteStore(path, { busyTimeout: 1500 }) });
  await expect(sender.emit("a.b", null)).rejects.toMatchObject({
    code: "store_busy",
    message: expect.stringMatching(
      /heron\.db is already open in another process, or by another store of this process/,
    ),
  });
  expect(performance.now() - began).toBeGreaterThan(1500);
  await sender.close();
  child.stdin.write("emit\n");
  await once(child.stdout, "data");
});

test.each(["closes it", "is killed"])(
  "if the other process %s meanwhile, waiting calls succeed",
  async (how) => {
    const { path, child } = await held();
    const { sender } = createStartedSender({ store: sqliteStore(path, { busyTimeout: 25_000 }) });
    const emitting = sender.emit("a.b", null);
    // It may or may not wait already: both must succeed.
    if (how === "is killed") child.kill("SIGKILL");
    else child.stdin.write("close\n");
    expect(await emitting).toMatchObject({ duplicate: false });
    await sender.close();
  },
);

test("close() does not wait for another process that has the file", async () => {
  const { path, child } = await held();
  const { sender } = createStartedSender({ store: sqliteStore(path, { busyTimeout: 120_000 }) });
  const emitting = sender.emit("a.b", null);
  await Promise.all([
    expect(emitting).rejects.toMatchObject({ code: "closed" }),
    sender.close({ timeout: 10 }),
  ]);
  child.stdin.write("close\n");
  // Shorter than it waits for the file.
}, 60_000);
