import { FOREVER } from "../schema/tables.ts";
import { tellOf } from "../told.ts";
import { type Batch, chunks, text, type Way, whole } from "./batch.ts";
import type { Row } from "./source-file.ts";

/** Closes the gates of accounts, before there is any webhook that would be delivered to. */
export function* accountGates({ source, schema, names, size }: Way, after: string | null): Generator<Batch> {
  const [id, gate] = pairOf(after);
  const rows = source.rows(
    "select id, gate, until from gates where scope = 'account' and (id, gate) > (?, ?) order by id, gate",
    id,
    gate,
  );
  for (const gates of chunks(rows, size))
    yield {
      after: afterPair(gates, "id", "gate"),
      units: gates.length,
      async write(client) {
        const accounts = await accountsOf(names, gates, "id");
        await client.query(
          `insert into ${schema}.gates(scope, id, gate, until) select 'account', * from unnest($1::int[], $2::text[], $3::bigint[])
           on conflict (scope, id, gate) do update set until = greatest(gates.until, excluded.until)`,
          [accounts, gates.map((row) => row["gate"]), gates.map((row) => untilOf(row["until"]))],
        );
        await client.query(
          `update ${schema}.lanes set spilled = true where account = any($1) and not spilled`,
          [accounts],
        );
        for (const number of new Set(accounts)) await tellOf(client, schema, "account", number);
        return {};
      },
    };
}

/** The ids that callers chose for events, before there is any webhook: what is emitted once more from now on is a duplicate. */
export function* eventKeys(
  { source, schema, names, eventBase, size }: Way,
  after: string | null,
): Generator<Batch> {
  const [account, key] = pairOf(after);
  const rows = source.rows(
    `select a.key as name, k.account, k.key, k.event from event_keys k cross join accounts a
     where a.id = k.account and (k.account, k.key) > (?, ?) order by k.account, k.key`,
    account === "" ? 0 : Number(account),
    key,
  );
  for (const keys of chunks(rows, size))
    yield {
      after: afterPair(keys, "account", "key"),
      units: keys.length,
      async write(client) {
        const accounts = await accountsOf(names, keys, "name");
        // In the order in which publishers put theirs down, so that nobody waits for whom he keeps waiting.
        await client.query(
          `insert into ${schema}.event_keys(account, key, event) select * from unnest($1::int[], $2::text[], $3::bigint[])
           order by 1, 2 on conflict do nothing`,
          [
            accounts,
            keys.map((row) => text(row["key"])),
            keys.map((row) => eventBase + Number(row["event"])),
          ],
        );
        return {};
      },
    };
}

/** The numbers here of the accounts that rows name. */
export async function accountsOf(
  names: Way["names"],
  rows: readonly Row[],
  column: string,
): Promise<readonly number[]> {
  const keys = [...new Set(rows.map((row) => text(row[column])))];
  const numbers = await names.accounts(new Set(keys));
  const byKey = new Map(keys.map((key, i) => [key, numbers[i] as number]));
  return rows.map((row) => byKey.get(text(row[column])) as number);
}

/** In the file for ever is another number. */
export function untilOf(until: unknown): string {
  return Number(until) >= Number.MAX_SAFE_INTEGER ? FOREVER : String(whole(until));
}

/** Where a stage goes on that goes by two columns: behind every row that is the first. */
export function pairOf(after: string | null): readonly [string, string] {
  return after === null ? ["", ""] : (JSON.parse(after) as [string, string]);
}

export function afterPair(rows: readonly Row[], first: string, second: string): string {
  const last = rows.at(-1);
  return JSON.stringify([String(last?.[first]), String(last?.[second])]);
}
