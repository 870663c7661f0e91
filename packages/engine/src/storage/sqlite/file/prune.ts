import type { RetentionLimits } from "../../store.ts";
import { purgeDeletedWebhooks } from "./deleted-webhooks.ts";
import { findFirstEventSince, getLastEventId } from "./event-ids.ts";
import type { Row } from "./statements.ts";
import type { StoreFile } from "./store-file.ts";

/** Events scanned in one step, whether or not they can be pruned. */
const MAX_SCANNED_EVENTS = 5000;

/**
 * Deletes events beyond the limits, with their deliveries, if none of these is pending. Continues where the last step
 * ended, so that events with pending deliveries do not delay those behind them.
 */
export function prune(
  file: StoreFile,
  { maxAgeMs, maxBytes }: RetentionLimits,
  max: number,
  now: number,
): { readonly pruned: number; readonly isDone: boolean } {
  const isClean = purgeDeletedWebhooks(file, max);
  const isTooLarge = (): boolean => file.statements.sizeBytes() > maxBytes;
  const firstRetainedEvent = findFirstEventSince(file.statements, now - maxAgeMs);
  const end = isTooLarge() ? getLastEventId(file.statements) + 1 : firstRetainedEvent;
  const from = file.pruneCursor < end ? file.pruneCursor : 0;
  // Younger events are pruned only while the file is too large.
  const scan = new PruneScan(file, max, (event) => event < firstRetainedEvent || isTooLarge());
  scan.scanRange(from, end);
  const wasAtEnd = !scan.isStopped || scan.nextEvent >= end;
  // Wrap around once.
  if (!scan.isStopped) scan.scanRange(0, from);
  if (scan.prunedCount > 0) file.saveLastIds();
  file.afterCommit(() => {
    file.pruneCursor = scan.nextEvent < end ? scan.nextEvent : 0;
  });
  return { pruned: scan.prunedCount, isDone: isClean && wasAtEnd && scan.prunedCount < max };
}

class PruneScan {
  prunedCount = 0;
  /** Where the next scan continues. */
  nextEvent = 0;
  isStopped = false;
  readonly #file: StoreFile;
  readonly #max: number;
  readonly #isPrunable: (event: number) => boolean;
  #scannedCount = 0;

  constructor(file: StoreFile, max: number, isPrunable: (event: number) => boolean) {
    this.#file = file;
    this.#max = max;
    this.#isPrunable = isPrunable;
  }

  scanRange(from: number, end: number): void {
    const events = this.#file.statements.all(
      "select id, account, external_id, first_delivery, delivery_count from events where id >= ? and id < ? order by id limit ?",
      from,
      end,
      MAX_SCANNED_EVENTS - this.#scannedCount,
    );
    for (const event of events) {
      if (!this.#isPrunable(Number(event["id"]))) break;
      this.nextEvent = Number(event["id"]) + 1;
      this.#scannedCount++;
      if (pruneEvent(this.#file, event)) this.prunedCount++;
      this.isStopped = this.prunedCount === this.#max || this.#scannedCount === MAX_SCANNED_EVENTS;
      if (this.isStopped) return;
    }
    this.nextEvent = 0;
  }
}

function pruneEvent(file: StoreFile, row: Row): boolean {
  const { statements } = file;
  const event = Number(row["id"]);
  const from = Number(row["first_delivery"]);
  const to = from + Number(row["delivery_count"]);
  const missedDeliveries = statements
    .all("select delivery from missed_deliveries where event = ?", event)
    .map(({ delivery }) => Number(delivery));
  const ranges: (readonly [from: number, to: number])[] = [[from, to]];
  for (const delivery of missedDeliveries) ranges.push([delivery, delivery + 1]);
  const pendingQuery = "select 1 from deliveries where id >= ? and id < ? and state < 4 limit 1";
  if (ranges.some((range) => statements.get(pendingQuery, ...range) !== undefined)) return false;
  for (const range of ranges)
    for (const table of ["attempts", "requeued"])
      statements.run(`delete from ${table} where delivery >= ? and delivery < ?`, ...range);
  for (const range of ranges) statements.run("delete from deliveries where id >= ? and id < ?", ...range);
  statements.run("delete from missed_deliveries where event = ?", event);
  statements.run(
    "delete from idempotency_keys where account = ? and idempotency_key = ? and event = ?",
    Number(row["account"]),
    String(row["external_id"]),
    event,
  );
  statements.run("delete from events where id = ?", event);
  return true;
}
