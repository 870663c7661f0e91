import type { PauseChange, PauseRecord } from "../../pauses.ts";
import { FOREVER } from "./schema.ts";
import type { StoreFile } from "./store-file.ts";
import { findWebhookNumber, getPauseRows, getWebhookRecord } from "./webhook-cache.ts";

export function setPause(file: StoreFile, { scope, id, reason, durationMs }: PauseChange, now: number): void {
  // The webhook may have been deleted during the attempt.
  if (scope === "webhook" && findWebhookNumber(file.statements, id) === null) return;
  if (durationMs !== null) file.webhooks.markSpilled(scope, id);
  if (durationMs === null)
    file.statements.run(
      "delete from pauses where scope = ? and target = ? and reason = ?",
      scope,
      id,
      reason,
    );
  else
    file.statements.run(
      "insert or replace into pauses(scope, target, reason, until) values (?, ?, ?, ?)",
      scope,
      id,
      reason,
      durationMs === "forever" ? FOREVER : now + durationMs,
    );
}

/** The active pauses of a webhook and its account. */
export function listPauses(file: StoreFile, id: string, now: number): readonly PauseRecord[] {
  const number = findWebhookNumber(file.statements, id);
  if (number === null) return [];
  return [
    ...getPauseRows(file.statements, "webhook", id),
    ...getPauseRows(file.statements, "account", getWebhookRecord(file.statements, number).account),
  ]
    .map((row) => ({ ...row, until: Number(row["until"]) }))
    .filter(({ until }) => until > now)
    .map((row) => ({
      reason: row["reason" as never] as PauseChange["reason"],
      scope: row["scope" as never] as PauseChange["scope"],
      remainingMs: row.until === FOREVER ? null : row.until - now,
    }));
}
