import { NEVER_ENDS } from "../schema/tables.ts";
import { notifyLeaseOwners } from "../notify-lease-owners.ts";
import { type Batch, chunkRows, toPostgresText, type ImportContext, roundToInteger } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Closes the gates of accounts, before there is any webhook that would be delivered to. */
export function* copyAccountPauses({ source, schema, ids, batchSize }: ImportContext, after: string | null): Generator<Batch> {
  const [id, reason] = parsePairCursor(after);
  const rows = source.rows(
    "select id, gate, until from gates where scope = 'account' and (id, gate) > (?, ?) order by id, gate",
    id,
    reason,
  );
  for (const chunk of chunkRows(rows, batchSize))
    yield {
      after: toPairCursor(chunk, "id", "gate"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "id");
        await client.query(
          `insert into ${schema}.gates(scope, id, gate, until) select 'account', * from unnest($1::int[], $2::text[], $3::bigint[])
           on conflict (scope, id, gate) do update set until = greatest(gates.until, excluded.until)`,
          [accounts, chunk.map((row) => row["gate"]), chunk.map((row) => toPauseEnd(row["until"]))],
        );
        await client.query(
          `update ${schema}.lanes set spilled = true where account = any($1) and not spilled`,
          [accounts],
        );
        for (const number of new Set(accounts)) await notifyLeaseOwners(client, schema, "account", number);
        return {};
      },
    };
}

/** The ids that callers chose for events, before there is any webhook: what is emitted once more from now on is a duplicate. */
export function* copyEventKeys(
  { source, schema, ids, eventIdOffset, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const [account, key] = parsePairCursor(after);
  const rows = source.rows(
    `select a.key as name, k.account, k.key, k.event from event_keys k cross join accounts a
     where a.id = k.account and (k.account, k.key) > (?, ?) order by k.account, k.key`,
    account === "" ? 0 : Number(account),
    key,
  );
  for (const chunk of chunkRows(rows, batchSize))
    yield {
      after: toPairCursor(chunk, "account", "key"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "name");
        // In the order in which publishers put theirs down, so that nobody waits for whom he keeps waiting.
        await client.query(
          `insert into ${schema}.event_keys(account, key, event) select * from unnest($1::int[], $2::text[], $3::bigint[])
           order by 1, 2 on conflict do nothing`,
          [
            accounts,
            chunk.map((row) => toPostgresText(row["key"])),
            chunk.map((row) => eventIdOffset + Number(row["event"])),
          ],
        );
        return {};
      },
    };
}

/** The numbers here of the accounts that rows name. */
export async function getAccountIds(
  names: ImportContext["ids"],
  rows: readonly Row[],
  column: string,
): Promise<readonly number[]> {
  const keys = [...new Set(rows.map((row) => toPostgresText(row[column])))];
  const numbers = await names.getAccountIds(new Set(keys));
  const byKey = new Map(keys.map((key, i) => [key, numbers[i] as number]));
  return rows.map((row) => byKey.get(toPostgresText(row[column])) as number);
}

/** In the file for ever is another number. */
export function toPauseEnd(until: unknown): string {
  return Number(until) >= Number.MAX_SAFE_INTEGER ? NEVER_ENDS : String(roundToInteger(until));
}

/** Where a stage goes on that goes by two columns: behind every row that is the first. */
export function parsePairCursor(after: string | null): readonly [string, string] {
  return after === null ? ["", ""] : (JSON.parse(after) as [string, string]);
}

export function toPairCursor(rows: readonly Row[], first: string, second: string): string {
  const last = rows.at(-1);
  return JSON.stringify([String(last?.[first]), String(last?.[second])]);
}
