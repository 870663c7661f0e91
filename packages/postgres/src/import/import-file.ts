import { HeronError } from "@heron-webhooks/core";
import type { ImportArguments } from "./arguments.ts";
import type { CopiedCounts, CopyStage, ImportContext } from "./batch.ts";
import { copyLabels, copyWriteKeys } from "./copy-account-records.ts";
import { copyAccountPauses, copyIdempotencyKeys } from "./copy-accounts.ts";
import { copyLoggedEvents, copyPendingEvents } from "./copy-events.ts";
import { copyUsers } from "./copy-users.ts";
import { copyWebhooks } from "./copy-webhooks.ts";
import { FINISHED, type ImportProgress, ImportTarget } from "./import-target.ts";
import { notifyOwners } from "./notify-owners.ts";
import { formatDuration, ProgressBar, type Terminal } from "./progress.ts";
import { SourceFile } from "./source-file.ts";
import { assertUnchanged, formatSummary } from "./summary.ts";
import { countRows } from "./totals.ts";

/** In this order: pauses and idempotency keys before any webhook, and pending deliveries before the log. */
const STAGES: readonly (readonly [name: string, stage: CopyStage])[] = [
  ["pauses", copyAccountPauses],
  ["idempotency_keys", copyIdempotencyKeys],
  ["labels", copyLabels],
  ["write_keys", copyWriteKeys],
  ["webhooks", copyWebhooks],
  ["users", copyUsers],
  ["pending", copyPendingEvents],
  ["notify", notifyOwners],
  ["log", copyLoggedEvents],
];

/**
 * Imports a file. Writes the summary to `output` and the progress to `terminal`.
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
      output.write(
        `${path} was imported on ${state.finishedAt} and has not changed since. Nothing to do.\n\n`,
      );
      output.write(formatSummary(state.counts, summaryOptions));
      return;
    }
    terminal.write(
      state.isNew ? `Importing ${path} into PostgreSQL (${schema}).\n` : `Resuming the import of ${path}.\n`,
    );
    const { schema: quotedSchema, ids } = target;
    const { deliveryIdOffset, eventIdOffset, done } = state;
    const context: ImportContext = {
      source,
      schema: quotedSchema,
      ids,
      deliveryIdOffset,
      eventIdOffset,
      batchSize,
    };
    const counts = await runStages(context, target, state, new ProgressBar(terminal, totals.rowCount, done));
    // Autovacuum would do it soon, too.
    await target.analyze().catch(() => {});
    output.write(
      `Imported in ${formatDuration(performance.now() - startedAt)}:\n\n${formatSummary(counts, summaryOptions)}`,
    );
  } finally {
    await target.database.close();
    source.close();
  }
}

/** Runs the remaining stages. */
async function runStages(
  context: ImportContext,
  target: ImportTarget,
  start: ImportProgress,
  bar: ProgressBar,
): Promise<CopiedCounts> {
  const fileId = context.source.storeId;
  let progress = start;
  try {
    for (const [i, [name, stage]] of STAGES.entries()) {
      if (name !== progress.stage) continue;
      for (const batch of stage(context, progress.after)) {
        const rowsBefore = sumCounts(progress.counts);
        progress = await target.copyBatch(fileId, progress, batch);
        bar.update(progress.done, sumCounts(progress.counts) - rowsBefore);
      }
      progress = await target.startStage(fileId, progress, STAGES[i + 1]?.[0] ?? FINISHED);
      if (name === "notify") await target.notify();
    }
  } finally {
    bar.end();
  }
  if (progress.stage !== FINISHED)
    throw new HeronError(
      "store_version",
      `This import was started by a different version (stage ${progress.stage}). Continue with that version.`,
    );
  return progress.counts;
}

function sumCounts(counts: CopiedCounts): number {
  return Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
}
