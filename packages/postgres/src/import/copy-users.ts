import type { SqlClient } from "../database.ts";
import { getAccountIds, toPairCursor, parsePairCursor } from "./copy-accounts.ts";
import { type Batch, chunkRows, toPostgresText, type ImportContext } from "./batch.ts";

interface UserRow {
  readonly account: number;
  readonly key: string;
  readonly properties: string;
}

export function* copyUsers({ source, schema, ids, batchSize }: ImportContext, after: string | null): Generator<Batch> {
  const [account, key] = parsePairCursor(after);
  const rows = source.rows(
    `select a.key as name, u.account, u.key, u.properties from users u cross join accounts a
     where a.id = u.account and (u.account, u.key) > (?, ?) order by u.account, u.key`,
    account === "" ? 0 : Number(account),
    key,
  );
  for (const chunk of chunkRows(rows, batchSize, (row) => String(row["properties"]).length))
    yield {
      after: toPairCursor(chunk, "account", "key"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "name");
        const copied = chunk.map((row, i) => ({
          account: accounts[i] as number,
          key: toPostgresText(row["key"]),
          properties: toPostgresText(row["properties"]),
        }));
        await insertUsers(client, schema, copied);
        return { users: copied.length };
      },
    };
}

/** Of users that are here already, what is known here lies over what the file says: it is newer. */
async function insertUsers(client: SqlClient, schema: string, users: readonly UserRow[]): Promise<void> {
  const { rows: added } = await client.query(
    `insert into ${schema}.users(account, key, properties) select * from unnest($1::int[], $2::text[], $3::text[])
     order by 1, 2 on conflict do nothing returning account, key`,
    toColumns(users),
  );
  if (added.length === users.length) return;
  const insertedKeys = new Set((added as readonly UserRow[]).map(toUserKey));
  const older = new Map(users.filter((user) => !insertedKeys.has(toUserKey(user))).map((user) => [toUserKey(user), user]));
  const { rows } = await client.query(
    `select account, key, properties from ${schema}.users
     where (account, key) in (select * from unnest($1::int[], $2::text[])) order by 1, 2 for update`,
    toColumns([...older.values()]).slice(0, 2),
  );
  const merged = (rows as readonly UserRow[]).map((user) => ({
    ...user,
    properties: JSON.stringify({
      ...JSON.parse(older.get(toUserKey(user))?.properties ?? "{}"),
      ...JSON.parse(user.properties),
    }),
  }));
  await client.query(
    `update ${schema}.users u set properties = m.properties from unnest($1::int[], $2::text[], $3::text[]) m(account, key, properties)
     where u.account = m.account and u.key = m.key`,
    toColumns(merged),
  );
}

function toUserKey({ account, key }: UserRow): string {
  return `${account} ${key}`;
}

function toColumns(users: readonly UserRow[]): unknown[] {
  return [
    users.map(({ account }) => account),
    users.map(({ key }) => key),
    users.map(({ properties }) => properties),
  ];
}
