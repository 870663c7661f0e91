import type { RetentionLimits } from "../../store.ts";
import { findFirstEventSince, getLastEventId } from "./event-ids.ts";
import { purgeDeletedWebhooks } from "./deleted-webhooks.ts";
import type { StoreFile } from "./store-file.ts";
import type { Row } from "./statements.ts";

/** How many events are looked at in one step, whether or not they may be taken away. */
const MAX_SCANNED_EVENTS = 5000;

/**
 * Takes away events that are kept no longer and whose deliveries are all settled, with these. Goes on from where it was
 * the last time, so that what is owed for long is not looked at again and again before what lies behind it.
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
  // Of the young no more than has to.
  const scan = new PruneScan(file, max, (event) => event < firstRetainedEvent || isTooLarge());
  scan.scanRange(from, end);
  const wasAtEnd = !scan.isStopped || scan.nextEvent >= end;
  // Round, once.
  if (!scan.isStopped) scan.scanRange(0, from);
  if (scan.prunedCount > 0) file.saveLastIds();
  file.afterCommit(() => {
    file.pruneCursor = scan.nextEvent < end ? scan.nextEvent : 0;
  });
  return { pruned: scan.prunedCount, isDone: isClean && wasAtEnd && scan.prunedCount < max };
}

class PruneScan {
  prunedCount = 0;
  /** Where it goes on the next time. */
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
