import {
  DELIVERED,
  type PackedSettlements,
  SETTLEMENT_WIDTH,
  type SettlementNote,
  WAITING,
} from "../packed.ts";
import type { StoreFile } from "./store-file.ts";

/** Writes down what attempts came to. Whose leases were lost is known before. */
export function settle(file: StoreFile, { numbers, notes }: PackedSettlements, now: number): void {
  for (const [i, note] of notes.entries()) settleOne(file, numbers, i * SETTLEMENT_WIDTH, note, now);
}

function settleOne(
  file: StoreFile,
  numbers: Float64Array,
  at: number,
  note: SettlementNote | null,
  now: number,
): void {
  const id = numbers[at] as number;
  const webhook = numbers[at + 1] as number;
  const state = numbers[at + 2] as number;
  const attempts = numbers[at + 3] as number;
  const due = numbers[at + 4] as number;
  const status = numbers[at + 5] as number;
  const ms = numbers[at + 6] as number;
  // One that was removed is owed nothing, and what it was owed goes with it.
  if (!file.met.isThere(webhook)) return;
  const isThere =
    note === null || note.attempted
      ? file.tables.run(
          "update deliveries set state = ?, attempts = ?, due = ?, status = ?, ms = ?, reason = ? where id = ?",
          state,
          attempts,
          due,
          status,
          ms,
          note?.reason ?? null,
          id,
        )
      : // What is known of the last attempt stays.
        file.tables.run(
          "update deliveries set state = ?, due = ?, reason = coalesce(?, reason) where id = ?",
          state,
          due,
          note.reason,
          id,
        );
  // The only attempt of a delivery that succeeded at once is in its own row.
  if (note?.attempted === true && (attempts > 1 || state !== DELIVERED))
    file.tables.run(
      "insert or replace into attempts(delivery, n, at, status, ms, reason, answer) values (?, ?, ?, ?, ?, ?, ?)",
      id,
      attempts,
      now,
      note.answered ? status : null,
      ms,
      note.failed,
      note.answer,
    );
  // The thread may have forgotten it meanwhile.
  const met = isThere === 0 ? undefined : file.met.webhook(webhook);
  if (met !== undefined && state === WAITING) file.stored(met, due);
  file.afterwards(() => {
    file.born.remove(id);
    // Its webhook may have been removed, and it with that.
    if (met === undefined || isThere === 0) return;
    met.loaded.delete(id);
    if (state >= DELIVERED) met.account.pending -= 1;
  });
}
