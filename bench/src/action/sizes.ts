import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { build } from "tsup";
import { actionBuild } from "../../../packages/action/build.ts";
import { formatTargetResult, printTable } from "../table.ts";
import type { ActionCompetitor } from "./run.ts";

const MAX_BUNDLE_BYTES = 60_000;

/** Compares the sizes of the run files, and lists the parts of ours. */
export async function benchSizes(subjects: readonly ActionCompetitor[], scratch: string): Promise<void> {
  const [ours] = subjects;
  if (ours === undefined) return;
  const rows: string[][] = [];
  for (const subject of subjects) {
    const { size } = await stat(subject.file);
    const judged =
      subject === ours ? [`<= ${MAX_BUNDLE_BYTES}`, formatTargetResult(size <= MAX_BUNDLE_BYTES)] : ["", ""];
    rows.push([subject.name, String(size), ...judged]);
  }
  printTable("Bytes of the file that is run", ["", "bytes", "target", ""], rows);
  await printParts(ours.file, scratch);
}

/**
 * Builds it again to attribute bytes to modules, minified by esbuild alone: terser's savings are known only in total.
 */
async function printParts(file: string, scratch: string): Promise<void> {
  const folder = join(scratch, "built");
  await build({ ...actionBuild(folder), config: false, minify: true, metafile: true });
  const { outputs } = JSON.parse(await readFile(join(folder, "metafile-esm.json"), "utf8")) as Metafile;
  const output = Object.entries(outputs).find(([path]) => path.endsWith("main.js"))?.[1];
  const totalBytes = (await stat(join(folder, "main.js"))).size;
  const parts = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output?.inputs ?? {}))
    parts.set(getPackageName(path), (parts.get(getPackageName(path)) ?? 0) + bytesInOutput);
  const known = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  parts.set("the bundler's own and licences", totalBytes - known);
  const rows = [...parts]
    .filter(([, bytes]) => bytes > 0)
    .sort(([, bytesA], [, bytesB]) => bytesB - bytesA)
    .map(([part, bytes]) => [part, String(bytes), `${((100 * bytes) / totalBytes).toFixed(1)} %`]);
  const built = (await stat(file)).size;
  printTable(
    "Bytes by part",
    ["", "bytes", ""],
    [...rows, ["all", String(totalBytes), ""], ["after terser", String(built), ""]],
  );
}

/** A module's package; for core with the folder, since it is the largest. */
function getPackageName(path: string): string {
  const installed = /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1];
  if (installed !== undefined) return installed;
  const [, name, folder] = /packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(path) ?? [];
  if (name === undefined)
    return path.includes("context") ? "@actions/github" : "the bundler's own and licences";
  return folder === undefined ? `packages/${name}` : `packages/${name}, ${folder}`;
}
