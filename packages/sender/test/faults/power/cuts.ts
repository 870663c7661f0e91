import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readContents } from "../read-contents.ts";
import { Disk } from "./disk.ts";
import type { RecordedOperation, Recording } from "./recorder.ts";

export interface PowerCutResult {
  /** What was recorded: everything, and the syncs among it. */
  readonly entries: number;
  readonly syncs: number;
  readonly said: number;
  readonly cuts: number;
  /** Cuts after which something that had been acknowledged was not there. */
  readonly losing: number;
  /** Cuts after which the file was not whole, or could not be opened. */
  readonly corrupt: number;
  /** The first of these, in words. */
  readonly first: string | null;
}

/** How much of what was not synced is kept: nothing, half, all. */
const KEEP_PROBABILITIES = [0, 0.5, 1];

/**
 * Cuts the power after everything that was said, and at other moments by chance, as often as `most` allows; then opens
 * what is on the disk with the store, and looks for all that had been said by then.
 */
export async function simulatePowerCuts(
  { entries }: Recording,
  home: string,
  maxCuts: number,
  random: () => number,
): Promise<PowerCutResult> {
  const disk = new Disk();
  const folder = join(home, "cut");
  const said: string[] = [];
  let [cuts, losing, corrupt] = [0, 0, 0];
  let first: string | null = null;
  const moments = chooseCutPoints(entries, Math.ceil(maxCuts / KEEP_PROBABILITIES.length), random);
  for (const [i, entry] of entries.entries()) {
    disk.apply(entry);
    if (entry.kind === "said") said.push(...entry.bytes.toString().trimEnd().split("\n"));
    if (!moments.has(i)) continue;
    for (const chance of KEEP_PROBABILITIES) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      disk.cut(folder, () => random() < chance);
      const wrong = await checkFile(join(folder, "heron.db"), said);
      cuts++;
      if (wrong === null) continue;
      if (wrong.isLoss) losing++;
      else corrupt++;
      first ??= `after entry ${i} (${entry.kind}), ${chance * 100} % kept: ${wrong.text}`;
    }
  }
  const count = (kind: RecordedOperation["kind"]): number =>
    entries.filter((entry) => entry.kind === kind).length;
  return {
    entries: entries.length,
    syncs: count("synced"),
    said: count("said"),
    cuts,
    losing,
    corrupt,
    first,
  };
}

/** Up to half of the moments are such at which something was said; the others are any. */
function chooseCutPoints(
  entries: readonly RecordedOperation[],
  maxPoints: number,
  random: () => number,
): ReadonlySet<number> {
  const moments = new Set<number>();
  const add = (from: readonly number[], count: number): void => {
    const left = [...from];
    for (let n = 0; n < count && left.length > 0; n++)
      moments.add(left.splice(Math.floor(random() * left.length), 1)[0] as number);
  };
  const indexes = [...entries.keys()];
  const outputIndexes = indexes.filter((i) => entries[i]?.kind === "said");
  add(outputIndexes, Math.ceil(maxPoints / 2));
  add(
    indexes.filter((i) => !moments.has(i)),
    maxPoints - moments.size,
  );
  return moments;
}

async function checkFile(
  path: string,
  said: readonly string[],
): Promise<{ readonly isLoss: boolean; readonly text: string } | null> {
  try {
    const { events, deliveries, isIntact } = await readContents(path);
    if (!isIntact) return { isLoss: false, text: "integrity_check does not say ok" };
    const lost = said.filter((line) => {
      const [what, id = ""] = line.split(" ");
      return what === "accepted" ? !events.has(id) : deliveries.get(id) !== "delivered";
    });
    return lost.length === 0 ? null : { isLoss: true, text: `lost ${lost.length}: ${lost[0]}` };
  } catch (error) {
    return { isLoss: false, text: String(error) };
  }
}
