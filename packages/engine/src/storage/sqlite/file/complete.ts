import { DELIVERED, type PackedResults, RESULT_COLUMNS, type ResultDetails, WAITING } from "../packed.ts";
import type { StoreFile } from "./store-file.ts";

/** Writes the results of attempts. The caller has filtered out lost leases. */
export function complete(file: StoreFile, { numbers, details }: PackedResults, now: number): void {
  for (const [i, resultDetails] of details.entries())
    completeDelivery(file, numbers, i * RESULT_COLUMNS, resultDetails, now);
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
  const attemptCount = numbers[offset + 3] as number;
  const dueAt = numbers[offset + 4] as number;
  const responseStatus = numbers[offset + 5] as number;
  const durationMs = numbers[offset + 6] as number;
  // The deliveries of a deleted webhook are purged with it.
  if (!file.webhooks.exists(webhook)) return;
  const updatedRows =
    details === null || details.wasAttempted
      ? file.statements.run(
          "update deliveries set state = ?, attempt_count = ?, due_at = ?, response_status = ?, duration_ms = ?, reason = ? where id = ?",
          state,
          attemptCount,
          dueAt,
          responseStatus,
          durationMs,
          details?.reason ?? null,
          id,
        )
      : // Without an attempt, the last attempt's fields stay.
        file.statements.run(
          "update deliveries set state = ?, due_at = ?, reason = coalesce(?, reason) where id = ?",
          state,
          dueAt,
          details.reason,
          id,
        );
  // If the first attempt succeeds, it is stored in the delivery's row only.
  if (details?.wasAttempted === true && (attemptCount > 1 || state !== DELIVERED))
    file.statements.run(
      "insert or replace into attempts(delivery, number, ended_at, response_status, duration_ms, reason, response_body) values (?, ?, ?, ?, ?, ?, ?)",
      id,
      attemptCount,
      now,
      details.hasResponse ? responseStatus : null,
      durationMs,
      details.attemptReason,
      details.responseBody,
    );
  // The webhook may have been evicted from the cache.
  const webhookEntry = updatedRows === 0 ? undefined : file.webhooks.loadWebhook(webhook);
  if (webhookEntry !== undefined && state === WAITING) file.noteStored(webhookEntry, dueAt);
  file.afterCommit(() => {
    file.buffered.remove(id);
    if (webhookEntry === undefined || updatedRows === 0) return;
    webhookEntry.loadedIds.delete(id);
    if (state >= DELIVERED) webhookEntry.account.pendingCount -= 1;
  });
}
