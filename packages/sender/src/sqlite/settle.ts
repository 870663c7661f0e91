import type { StoreFile } from "./file.ts";
import {
  DELIVERED,
  type PackedSettlements,
  SETTLEMENT_WIDTH,
  type SettlementNote,
  WAITING,
} from "./packed.ts";

/** Writes down what attempts came to. Whose leases were lost is known before. */
export function settle(file: StoreFile, { numbers, notes }: PackedSettlements, now: number): void {
  for (let i = 0; i * SETTLEMENT_WIDTH < numbers.length; i++)
    settleOne(
      file,
      numbers.subarray(i * SETTLEMENT_WIDTH, (i + 1) * SETTLEMENT_WIDTH),
      notes[i] ?? null,
      now,
    );
}

function settleOne(file: StoreFile, row: Float64Array, note: SettlementNote | null, now: number): void {
  const [id, webhook, state, attempts, due, status, ms] = row as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
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
