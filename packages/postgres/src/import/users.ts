import type { Queryable } from "../database.ts";
import { accountsOf, afterPair, pairOf } from "./accounts.ts";
import { type Batch, chunks, text, type Way } from "./batch.ts";

interface UserRow {
  readonly account: number;
  readonly key: string;
  readonly properties: string;
}

export function* users({ source, schema, names, size }: Way, after: string | null): Generator<Batch> {
  const [account, key] = pairOf(after);
  const rows = source.rows(
    `select a.key as name, u.account, u.key, u.properties from users u cross join accounts a
     where a.id = u.account and (u.account, u.key) > (?, ?) order by u.account, u.key`,
    account === "" ? 0 : Number(account),
    key,
  );
  for (const found of chunks(rows, size, (row) => String(row["properties"]).length))
    yield {
      after: afterPair(found, "account", "key"),
      units: found.length,
      async write(client) {
        const accounts = await accountsOf(names, found, "name");
        const moved = found.map((row, i) => ({
          account: accounts[i] as number,
          key: text(row["key"]),
          properties: text(row["properties"]),
        }));
        await addUsers(client, schema, moved);
        return { users: moved.length };
      },
    };
}

/** Of users that are here already, what is known here lies over what the file says: it is newer. */
async function addUsers(client: Queryable, schema: string, moved: readonly UserRow[]): Promise<void> {
  const { rows: added } = await client.query(
    `insert into ${schema}.users(account, key, properties) select * from unnest($1::int[], $2::text[], $3::text[])
     order by 1, 2 on conflict do nothing returning account, key`,
    columnsOf(moved),
  );
  if (added.length === moved.length) return;
  const isNew = new Set((added as readonly UserRow[]).map(idOf));
  const older = new Map(moved.filter((user) => !isNew.has(idOf(user))).map((user) => [idOf(user), user]));
  const { rows } = await client.query(
    `select account, key, properties from ${schema}.users
     where (account, key) in (select * from unnest($1::int[], $2::text[])) order by 1, 2 for update`,
    columnsOf([...older.values()]).slice(0, 2),
  );
  const merged = (rows as readonly UserRow[]).map((user) => ({
    ...user,
    properties: JSON.stringify({
      ...JSON.parse(older.get(idOf(user))?.properties ?? "{}"),
      ...JSON.parse(user.properties),
    }),
  }));
  await client.query(
    `update ${schema}.users u set properties = m.properties from unnest($1::int[], $2::text[], $3::text[]) m(account, key, properties)
     where u.account = m.account and u.key = m.key`,
    columnsOf(merged),
  );
}

function idOf({ account, key }: UserRow): string {
  return `${account} ${key}`;
}

function columnsOf(users: readonly UserRow[]): unknown[] {
  return [
    users.map(({ account }) => account),
    users.map(({ key }) => key),
    users.map(({ properties }) => properties),
  ];
}
