import type { StoreFile } from "./file.ts";
import { firstEventSince } from "./log-ids.ts";
import type { Row } from "./tables.ts";

/** How many events are looked at, for each that may be taken away. */
const LOOKED_AT = 4;

/**
 * Takes away events that are older and whose deliveries are all settled, with these. What is still owed is passed over,
 * and looked at again when the end has been reached.
 */
export function prune(file: StoreFile, olderThanMs: number, max: number, now: number): number {
  const end = firstEventSince(file.tables, now - olderThanMs);
  const from = file.prunedTo < end ? file.prunedTo : 0;
  const events = file.tables.all(
    "select id, account, key, first, count from events where id >= ? and id < ? order by id limit ?",
    from,
    end,
    max * LOOKED_AT,
  );
  let taken = 0;
  let next = end;
  for (const event of events) {
    if (taken === max) {
      next = Number(event["id"]);
      break;
    }
    if (pruneOne(file, event)) taken++;
  }
  const all = events.length < max * LOOKED_AT && next === end;
  const last = Number(events.at(-1)?.["id"] ?? 0);
  file.afterwards(() => {
    file.prunedTo = all ? 0 : next === end ? last + 1 : next;
  });
  return taken;
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
