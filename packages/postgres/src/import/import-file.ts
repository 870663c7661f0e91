import { HeronError } from "@heron-webhooks/core";
import { copyLabels, copyWriteKeys } from "./copy-account-records.ts";
import { copyAccountPauses, copyEventKeys } from "./copy-accounts.ts";
import type { ImportArguments } from "./arguments.ts";
import type { CopiedCounts, CopyStage, ImportContext } from "./batch.ts";
import { copyLoggedEvents, copyPendingEvents } from "./copy-events.ts";
import { formatDuration, ProgressBar, type Terminal } from "./progress.ts";
import { SourceFile } from "./source-file.ts";
import { assertUnchanged, formatSummary } from "./summary.ts";
import { FINISHED, type ImportProgress, ImportTarget } from "./import-target.ts";
import { countRows } from "./totals.ts";
import { copyUsers } from "./copy-users.ts";
import { notifyOwners } from "./notify-owners.ts";
import { copyWebhooks } from "./copy-webhooks.ts";

/**
 * In this order: what holds deliveries back and what makes an event a duplicate before there is any webhook, and what is
 * owed before what is over.
 */
const STAGES: readonly (readonly [name: string, stage: CopyStage])[] = [
  ["gates", copyAccountPauses],
  ["keys", copyEventKeys],
  ["labels", copyLabels],
  ["write keys", copyWriteKeys],
  ["webhooks", copyWebhooks],
  ["users", copyUsers],
  ["owed", copyPendingEvents],
  ["wake", notifyOwners],
  ["log", copyLoggedEvents],
];

/**
 * Moves a file. What it says goes to `output`, and how far it has come to `terminal`.
 * @throws HeronError `store_busy`, `store_version`, `store_unavailable`, `store_full`
 */
export async function importFile(
  { path, url, schema, batchSize }: ImportArguments,
  output: Terminal,
  terminal: Terminal,
): Promise<void> {
  const startedAt = performance.now();
  const source = SourceFile.open(path);
  const target = new ImportTarget(url, schema);
  try {
    const totals = countRows(source);
    const state = await target.begin(source, totals, STAGES[0]?.[0] ?? "");
    assertUnchanged(state, totals, path, schema);
    const summaryOptions = { path, schema, hasWal: source.hasWal };
    if (state.finishedAt !== null) {
      output.write(`${path} was moved on ${state.finishedAt}, and not changed since. There is nothing to do.\n\n`);
      output.write(formatSummary(state.moved, summaryOptions));
      return;
    }
    terminal.write(
      state.isNew
        ? `Moving ${path} to PostgreSQL (${schema}).\n`
        : `Going on with ${path} where it broke off.\n`,
    );
    const { schema: quotedSchema, ids } = target;
    const { deliveryIdOffset, eventIdOffset, done } = state;
    const context: ImportContext = { source, schema: quotedSchema, ids, deliveryIdOffset, eventIdOffset, batchSize };
    const moved = await runStages(context, target, state, new ProgressBar(terminal, totals.rowCount, done));
    // The server does it by itself before long.
    await target.analyze().catch(() => {});
    output.write(`Moved in ${formatDuration(performance.now() - startedAt)}:\n\n${formatSummary(moved, summaryOptions)}`);
  } finally {
    await target.database.close();
    source.close();
  }
}

/** Goes through what is left of the stages. */
async function runStages(context: ImportContext, target: ImportTarget, start: ImportProgress, bar: ProgressBar): Promise<CopiedCounts> {
  const fileId = context.source.storeId;
  let progress = start;
  try {
    for (const [i, [name, stage]] of STAGES.entries()) {
      if (name !== progress.stage) continue;
      for (const batch of stage(context, progress.after)) {
        const rowsBefore = sumCounts(progress.moved);
        progress = await target.copyBatch(fileId, progress, batch);
        bar.update(progress.done, sumCounts(progress.moved) - rowsBefore);
      }
      progress = await target.startStage(fileId, progress, STAGES[i + 1]?.[0] ?? FINISHED);
      if (name === "wake") await target.notify();
    }
  } finally {
    bar.end();
  }
  if (progress.stage !== FINISHED)
    throw new HeronError(
      "store_version",
      `Another version began to move this file, and is to go on: this one knows of no stage ${progress.stage}.`,
    );
  return progress.moved;
}

function sumCounts(moved: CopiedCounts): number {
  return Object.values(moved).reduce((sum: number, count: number) => sum + count, 0);
}
