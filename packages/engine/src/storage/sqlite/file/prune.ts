import type { KeepLimits } from "../../store.ts";
import { firstEventSince, lastEvent } from "./log-ids.ts";
import { removeLeftBehind } from "./removed.ts";
import type { StoreFile } from "./store-file.ts";
import type { Row } from "./tables.ts";

/** How many events are looked at in one step, whether or not they may be taken away. */
const LOOKED_AT = 5000;

/**
 * Takes away events that are kept no longer and whose deliveries are all settled, with these. Goes on from where it was
 * the last time, so that what is owed for long is not looked at again and again before what lies behind it.
 */
export function prune(
  file: StoreFile,
  { olderThanMs, bytes }: KeepLimits,
  max: number,
  now: number,
): { readonly pruned: number; readonly isDone: boolean } {
  const isClean = removeLeftBehind(file, max);
  const isTooLarge = (): boolean => file.tables.bytes() > bytes;
  const young = firstEventSince(file.tables, now - olderThanMs);
  const end = isTooLarge() ? lastEvent(file.tables) + 1 : young;
  const from = file.prunedTo < end ? file.prunedTo : 0;
  // Of the young no more than has to.
  const walk = new Walk(file, max, (event) => event < young || isTooLarge());
  walk.over(from, end);
  const wasAtEnd = !walk.isOver || walk.next >= end;
  // Round, once.
  if (!walk.isOver) walk.over(0, from);
  if (walk.taken > 0) file.keepNumbers();
  file.afterwards(() => {
    file.prunedTo = walk.next < end ? walk.next : 0;
  });
  return { pruned: walk.taken, isDone: isClean && wasAtEnd && walk.taken < max };
}

class Walk {
  taken = 0;
  /** Where it goes on the next time. */
  next = 0;
  isOver = false;
  readonly #file: StoreFile;
  readonly #max: number;
  readonly #mayGo: (event: number) => boolean;
  #lookedAt = 0;

  constructor(file: StoreFile, max: number, mayGo: (event: number) => boolean) {
    this.#file = file;
    this.#max = max;
    this.#mayGo = mayGo;
  }

  over(from: number, end: number): void {
    const events = this.#file.tables.all(
      "select id, account, key, first, count from events where id >= ? and id < ? order by id limit ?",
      from,
      end,
      LOOKED_AT - this.#lookedAt,
    );
    for (const event of events) {
      if (!this.#mayGo(Number(event["id"]))) break;
      this.next = Number(event["id"]) + 1;
      this.#lookedAt++;
      if (pruneOne(this.#file, event)) this.taken++;
      this.isOver = this.taken === this.#max || this.#lookedAt === LOOKED_AT;
      if (this.isOver) return;
    }
    this.next = 0;
  }
}

function pruneOne(file: StoreFile, { id, account, key, first, count }: Row): boolean {
  const { tables } = file;
  const [event, from, to] = [Number(id), Number(first), Number(first) + Number(count)];
  const late = tables
    .all("select delivery from missed where event = ?", event)
    .map(({ delivery }) => Number(delivery));
  const ranges: (readonly [from: number, to: number])[] = [[from, to]];
  for (const delivery of late) ranges.push([delivery, delivery + 1]);
  const owed = "select 1 from deliveries where id >= ? and id < ? and state < 4 limit 1";
  if (ranges.some((range) => tables.get(owed, ...range) !== undefined)) return false;
  for (const range of ranges)
    for (const table of ["attempts", "revived"])
      tables.run(`delete from ${table} where delivery >= ? and delivery < ?`, ...range);
  for (const range of ranges) tables.run("delete from deliveries where id >= ? and id < ?", ...range);
  tables.run("delete from missed where event = ?", event);
  tables.run(
    "delete from event_keys where account = ? and key = ? and event = ?",
    Number(account),
    String(key),
    event,
  );
  tables.run("delete from events where id = ?", event);
  return true;
}
