import type { Tables } from "./tables.ts";

/** The first event that was published at a time or later: events lie in the order of their times. */
export function firstEventSince(tables: Tables, time: number): number {
  let [low, high] = [1, lastEvent(tables) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = tables.get("select at from events where id >= ? order by id limit 1", middle);
    if (row === undefined || Number(row["at"]) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function lastEvent(tables: Tables): number {
  return Number(tables.get("select coalesce(max(id), 0) as id from events")?.["id"]);
}
