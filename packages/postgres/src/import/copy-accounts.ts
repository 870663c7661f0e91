import { notifyLeaseOwners } from "../notify-lease-owners.ts";
import { NEVER_ENDS } from "../schema/tables.ts";
import { type Batch, chunkRows, type ImportContext, roundToInteger, toPostgresText } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Copies the pauses of accounts before any webhook, so that no paused webhook is delivered to. */
export function* copyAccountPauses(
  { source, schema, ids, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const [target, reason] = parsePairCursor(after);
  const rows = source.rows(
    "select target, reason, until from pauses where scope = 'account' and (target, reason) > (?, ?) order by target, reason",
    target,
    reason,
  );
  for (const chunk of chunkRows(rows, batchSize))
    yield {
      after: toPairCursor(chunk, "target", "reason"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "target");
        await client.query(
          `insert into ${schema}.pauses(scope, target, reason, until) select 'account', * from unnest($1::int[], $2::text[], $3::bigint[])
           on conflict (scope, target, reason) do update set until = greatest(pauses.until, excluded.until)`,
          [accounts, chunk.map((row) => row["reason"]), chunk.map((row) => toPauseEnd(row["until"]))],
        );
        await client.query(
          `update ${schema}.webhook_leases set spilled = true where account = any($1) and not spilled`,
          [accounts],
        );
        for (const number of new Set(accounts)) await notifyLeaseOwners(client, schema, "account", number);
        return {};
      },
    };
}

/** Copies the ids that callers chose for events, before any webhook: an event emitted again from now on is a duplicate. */
export function* copyIdempotencyKeys(
  { source, schema, ids, eventIdOffset, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const [account, key] = parsePairCursor(after);
  const rows = source.rows(
    `select a.external_id as name, k.account, k.idempotency_key, k.event from idempotency_keys k cross join accounts a
     where a.id = k.account and (k.account, k.idempotency_key) > (?, ?) order by k.account, k.idempotency_key`,
    account === "" ? 0 : Number(account),
    key,
  );
  for (const chunk of chunkRows(rows, batchSize))
    yield {
      after: toPairCursor(chunk, "account", "idempotency_key"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "name");
        // In the same order as publishing inserts them, which rules out deadlocks.
        await client.query(
          `insert into ${schema}.idempotency_keys(account, idempotency_key, event) select * from unnest($1::int[], $2::text[], $3::bigint[])
           order by 1, 2 on conflict do nothing`,
          [
            accounts,
            chunk.map((row) => toPostgresText(row["idempotency_key"])),
            chunk.map((row) => eventIdOffset + Number(row["event"])),
          ],
        );
        return {};
      },
    };
}

/** The numbers here of the accounts in a column of the rows. */
export async function getAccountIds(
  ids: ImportContext["ids"],
  rows: readonly Row[],
  column: string,
): Promise<readonly number[]> {
  const keys = [...new Set(rows.map((row) => toPostgresText(row[column])))];
  const numbers = await ids.getAccountIds(new Set(keys));
  const byKey = new Map(keys.map((key, i) => [key, numbers[i] as number]));
  return rows.map((row) => byKey.get(toPostgresText(row[column])) as number);
}

/** SQLite has another number for a pause without an end. */
export function toPauseEnd(until: unknown): string {
  return Number(until) >= Number.MAX_SAFE_INTEGER ? NEVER_ENDS : String(roundToInteger(until));
}

/** The cursor of a stage that is ordered by two columns; before all rows for the first batch. */
export function parsePairCursor(after: string | null): readonly [string, string] {
  return after === null ? ["", ""] : (JSON.parse(after) as [string, string]);
}

export function toPairCursor(rows: readonly Row[], first: string, second: string): string {
  const last = rows.at(-1);
  return JSON.stringify([String(last?.[first]), String(last?.[second])]);
}
