import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report, ReportLine } from "@heron-webhooks/conformance/faults";
import { CountingReceiver } from "./counting-receiver.ts";
import { type FillOptions, PROGRAM, runUntilFull } from "./full-disk.ts";
import { readContents } from "./read-contents.ts";

/** Of which the sender may fill up one megabyte before the rest is given back. */
const SIZE_KB = 8192;
const FREE_KB = 1024;
const LIMIT_MS = 120_000;

/** Disks that are full in the kernel's own words. */
export async function fullDisks(report: Report, home: string): Promise<void> {
  await report.runPart("A full disk: a small tmpfs (ENOSPC)", async (say) => {
    const folder = mkdtempSync(join(home, "tmpfs-"));
    const mounted = join(folder, "disk");
    mkdirSync(mounted);
    const mount = `mount -t tmpfs -o size=${SIZE_KB}k tmpfs "$1"`;
    const tried = spawnSync("unshare", ["-Urm", "sh", "-c", mount, "sh", mounted], { encoding: "utf8" });
    if (tried.status !== 0) {
      const why = tried.error?.message ?? tried.stderr.trim();
      say("not done: no mount is permitted here", `${why} (run it as root, or allow user namespaces)`, true);
      return;
    }
    // The file is looked at from within, and copied out to be looked at from here.
    const script = `${mount} && head -c ${(SIZE_KB - FREE_KB) * 1024} /dev/zero >"$1/taken" &&
      "$2" "$3" "$1/heron.db" "$4" "$1/taken"; code=$?; cp "$1"/heron.db* "$5"; exit $code`;
    await testDisk(say, "store_full", folder, (url) => ({
      command: "unshare",
      args: ["-Urm", "sh", "-c", script, "sh", mounted, process.execPath, PROGRAM, url, folder],
    }));
  });
  await report.runPart("A limit of the size of files (EFBIG)", async (say) => {
    const folder = mkdtempSync(join(home, "limit-"));
    const taken = join(folder, "taken");
    writeFileSync(taken, "");
    const tried = spawnSync("prlimit", ["--version"]);
    if (tried.status !== 0) {
      say("not done, for it needs", "prlimit, of util-linux", true);
      return;
    }
    await testDisk(say, null, folder, (url) => ({
      command: "prlimit",
      args: [
        `--fsize=${FREE_KB * 1024}:unlimited`,
        process.execPath,
        PROGRAM,
        join(folder, "heron.db"),
        url,
        taken,
      ],
      full: (child) => void spawnSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited"]),
    }));
  });
}

interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly full?: (child: ChildProcess) => void;
}

/** Fills a disk, and looks at what came of it; `code` is what was refused must say, if there is one right answer. */
async function testDisk(
  say: ReportLine,
  code: string | null,
  folder: string,
  run: (url: string) => Run,
): Promise<void> {
  await using counter = await CountingReceiver.open();
  const { command, args, full: onFull } = run(counter.url);
  const options: FillOptions = { onFull, limitMs: LIMIT_MS };
  const output = await runUntilFull(command, args, options);
  await counter.waitForDisconnects();
  say("ended with", String(output.code), output.code !== 0);
  say("events accepted", output.accepted.length, output.accepted.length < 20);
  const codes = [...new Set(output.refused.map((line) => line.split(" ")[1]))].join(", ");
  say("refused, and how", `${output.refused.length}, ${codes}`, code !== null && codes !== code);
  say("kept although refused", output.duplicate.length, output.duplicate.length > 0);
  const lost = output.accepted.filter((id) => !counter.events.has(id)).length;
  const strange = [...counter.events].filter((id) => !output.accepted.includes(id)).length;
  say("accepted and not delivered", lost, lost > 0);
  say("delivered and not accepted", strange, strange > 0);
  const again = [...counter.accepted.values()].reduce((sum, times) => sum + times - 1, 0);
  say("delivered again", again, again > 0);
  const { events, isIntact } = await readContents(join(folder, "heron.db"));
  say(
    "whole afterwards, with all its events",
    String(isIntact),
    !isIntact || events.size !== output.accepted.length,
  );
}
