import { HeronError } from "@heron-webhooks/core";
import { labels, writeKeys } from "./account-records.ts";
import { accountGates, eventKeys } from "./accounts.ts";
import type { ImportArguments } from "./arguments.ts";
import type { Moved, Stage, Way } from "./batch.ts";
import { log, owed } from "./events.ts";
import { durationOf, ProgressBar, type Terminal } from "./progress.ts";
import { SourceFile } from "./source-file.ts";
import { checkBegun, summaryOf } from "./summary.ts";
import { OVER, type Progress, Target } from "./target.ts";
import { totalsOf } from "./totals.ts";
import { users } from "./users.ts";
import { wake } from "./wake.ts";
import { webhooks } from "./webhooks.ts";

/**
 * In this order: what holds deliveries back and what makes an event a duplicate before there is any webhook, and what is
 * owed before what is over.
 */
const STAGES: readonly (readonly [name: string, stage: Stage])[] = [
  ["gates", accountGates],
  ["keys", eventKeys],
  ["labels", labels],
  ["write keys", writeKeys],
  ["webhooks", webhooks],
  ["users", users],
  ["owed", owed],
  ["wake", wake],
  ["log", log],
];

/**
 * Moves a file. What it says goes to `output`, and how far it has come to `terminal`.
 * @throws HeronError `store_busy`, `store_version`, `store_unavailable`, `store_full`
 */
export async function importFile(
  { path, url, schema, size }: ImportArguments,
  output: Terminal,
  terminal: Terminal,
): Promise<void> {
  const began = performance.now();
  const source = SourceFile.open(path);
  const target = new Target(url, schema);
  try {
    const totals = totalsOf(source);
    const begun = await target.begin(source, totals, STAGES[0]?.[0] ?? "");
    checkBegun(begun, totals, path, schema);
    const moving = { path, schema, hasLog: source.hasLog };
    if (begun.ended !== null) {
      output.write(`${path} was moved on ${begun.ended}, and not changed since. There is nothing to do.\n\n`);
      output.write(summaryOf(begun.moved, moving));
      return;
    }
    terminal.write(
      begun.isNew
        ? `Moving ${path} to PostgreSQL (${schema}).\n`
        : `Going on with ${path} where it broke off.\n`,
    );
    const { schema: quoted, names } = target;
    const { base, eventBase, done } = begun;
    const way: Way = { source, schema: quoted, names, base, eventBase, size };
    const moved = await moveAll(way, target, begun, new ProgressBar(terminal, totals.units, done));
    // The server does it by itself before long.
    await target.analyze().catch(() => {});
    output.write(`Moved in ${durationOf(performance.now() - began)}:\n\n${summaryOf(moved, moving)}`);
  } finally {
    await target.database.close();
    source.close();
  }
}

/** Goes through what is left of the stages. */
async function moveAll(way: Way, target: Target, from: Progress, bar: ProgressBar): Promise<Moved> {
  const file = way.source.name;
  let progress = from;
  try {
    for (const [i, [name, stage]] of STAGES.entries()) {
      if (name !== progress.stage) continue;
      for (const batch of stage(way, progress.after)) {
        const before = rowsOf(progress.moved);
        progress = await target.move(file, progress, batch);
        bar.update(progress.done, rowsOf(progress.moved) - before);
      }
      progress = await target.next(file, progress, STAGES[i + 1]?.[0] ?? OVER);
      if (name === "wake") await target.tell();
    }
  } finally {
    bar.end();
  }
  if (progress.stage !== OVER)
    throw new HeronError(
      "store_version",
      `Another version began to move this file, and is to go on: this one knows of no stage ${progress.stage}.`,
    );
  return progress.moved;
}

function rowsOf(moved: Moved): number {
  return Object.values(moved).reduce((sum: number, count: number) => sum + count, 0);
}
