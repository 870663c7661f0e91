import {
  DELIVERED,
  type PackedResults,
  RESULT_COLUMNS,
  type ResultDetails,
  WAITING,
} from "../packed.ts";
import type { StoreFile } from "./store-file.ts";

/** Writes down what attempts came to. Whose leases were lost is known before. */
export function complete(file: StoreFile, { numbers, details: notes }: PackedResults, now: number): void {
  for (const [i, details] of notes.entries()) completeDelivery(file, numbers, i * RESULT_COLUMNS, details, now);
}

function completeDelivery(
  file: StoreFile,
  numbers: Float64Array,
  offset: number,
  details: ResultDetails | null,
  now: number,
): void {
  const id = numbers[offset] as number;
  const webhook = numbers[offset + 1] as number;
  const state = numbers[offset + 2] as number;
  const attempts = numbers[offset + 3] as number;
  const due = numbers[offset + 4] as number;
  const status = numbers[offset + 5] as number;
  const ms = numbers[offset + 6] as number;
  // One that was removed is owed nothing, and what it was owed goes with it.
  if (!file.webhooks.exists(webhook)) return;
  const updatedRows =
    details === null || details.wasAttempted
      ? file.statements.run(
          "update deliveries set state = ?, attempt_count = ?, due_at = ?, response_status = ?, duration_ms = ?, reason = ? where id = ?",
          state,
          attempts,
          due,
          status,
          ms,
          details?.reason ?? null,
          id,
        )
      : // What is known of the last attempt stays.
        file.statements.run(
          "update deliveries set state = ?, due_at = ?, reason = coalesce(?, reason) where id = ?",
          state,
          due,
          details.reason,
          id,
        );
  // The only attempt of a delivery that succeeded at once is in its own row.
  if (details?.wasAttempted === true && (attempts > 1 || state !== DELIVERED))
    file.statements.run(
      "insert or replace into attempts(delivery, number, ended_at, response_status, duration_ms, reason, response_body) values (?, ?, ?, ?, ?, ?, ?)",
      id,
      attempts,
      now,
      details.hasResponse ? status : null,
      ms,
      details.attemptReason,
      details.responseBody,
    );
  // The thread may have forgotten it meanwhile.
  const webhookEntry = updatedRows === 0 ? undefined : file.webhooks.loadWebhook(webhook);
  if (webhookEntry !== undefined && state === WAITING) file.noteStored(webhookEntry, due);
  file.afterCommit(() => {
    file.buffered.remove(id);
    // Its webhook may have been removed, and it with that.
    if (webhookEntry === undefined || updatedRows === 0) return;
    webhookEntry.loadedIds.delete(id);
    if (state >= DELIVERED) webhookEntry.account.pendingCount -= 1;
  });
}
