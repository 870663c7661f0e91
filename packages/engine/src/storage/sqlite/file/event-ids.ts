import type { Statements } from "./statements.ts";

/** Finds the first event published at a time or later. Ids are in the order of publish times. */
export function findFirstEventSince(statements: Statements, time: number): number {
  let [low, high] = [1, getLastEventId(statements) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = statements.get("select published_at from events where id >= ? order by id limit 1", middle);
    if (row === undefined || Number(row["published_at"]) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function getLastEventId(statements: Statements): number {
  return Number(statements.get("select coalesce(max(id), 0) as id from events")?.["id"]);
}
