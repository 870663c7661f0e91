import type { GateChange, GateRecord } from "../../gates.ts";
import { gateRows, recordOf, webhookNumber } from "./met.ts";
import { FOREVER } from "./schema.ts";
import type { StoreFile } from "./store-file.ts";

export function gate(file: StoreFile, { scope, id, gate: name, closedMs }: GateChange, now: number): void {
  // It may have been removed while it was attempted.
  if (scope === "webhook" && webhookNumber(file.tables, id) === null) return;
  if (closedMs !== null) file.met.closed(scope, id);
  if (closedMs === null)
    file.tables.run("delete from gates where scope = ? and id = ? and gate = ?", scope, id, name);
  else
    file.tables.run(
      "insert or replace into gates(scope, id, gate, until) values (?, ?, ?, ?)",
      scope,
      id,
      name,
      closedMs === "forever" ? FOREVER : now + closedMs,
    );
}

/** The closed gates of a webhook, and of its account. */
export function gates(file: StoreFile, id: string, now: number): readonly GateRecord[] {
  const number = webhookNumber(file.tables, id);
  if (number === null) return [];
  return [
    ...gateRows(file.tables, "webhook", id),
    ...gateRows(file.tables, "account", recordOf(file.tables, number).account),
  ]
    .map((row) => ({ ...row, until: Number(row["until"]) }))
    .filter(({ until }) => until > now)
    .map((row) => ({
      gate: row["gate" as never] as GateChange["gate"],
      scope: row["scope" as never] as GateChange["scope"],
      closedMs: row.until === FOREVER ? null : row.until - now,
    }));
}
