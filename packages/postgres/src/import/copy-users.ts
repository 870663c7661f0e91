import type { SqlClient } from "../database.ts";
import { type Batch, chunkRows, type ImportContext, toPostgresText } from "./batch.ts";
import { getAccountIds, parsePairCursor, toPairCursor } from "./copy-accounts.ts";

interface UserRow {
  readonly account: number;
  readonly externalId: string;
  readonly properties: string;
}

export function* copyUsers(
  { source, schema, ids, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const [account, user] = parsePairCursor(after);
  const rows = source.rows(
    `select a.external_id as name, u.account, u.external_id, u.properties from users u cross join accounts a
     where a.id = u.account and (u.account, u.external_id) > (?, ?) order by u.account, u.external_id`,
    account === "" ? 0 : Number(account),
    user,
  );
  for (const chunk of chunkRows(rows, batchSize, (row) => String(row["properties"]).length))
    yield {
      after: toPairCursor(chunk, "account", "external_id"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "name");
        const copied = chunk.map((row, i) => ({
          account: accounts[i] as number,
          externalId: toPostgresText(row["external_id"]),
          properties: toPostgresText(row["properties"]),
        }));
        await insertUsers(client, schema, copied);
        return { users: copied.length };
      },
    };
}

/** Properties of existing users take precedence over those of the file: they are newer. */
async function insertUsers(client: SqlClient, schema: string, users: readonly UserRow[]): Promise<void> {
  const { rows: added } = await client.query(
    `insert into ${schema}.users(account, external_id, properties) select * from unnest($1::int[], $2::text[], $3::text[])
     order by 1, 2 on conflict do nothing returning account, external_id as "externalId"`,
    toColumns(users),
  );
  if (added.length === users.length) return;
  const insertedKeys = new Set((added as readonly UserRow[]).map(toUserKey));
  const older = new Map(
    users.filter((user) => !insertedKeys.has(toUserKey(user))).map((user) => [toUserKey(user), user]),
  );
  const { rows } = await client.query(
    `select account, external_id as "externalId", properties from ${schema}.users
     where (account, external_id) in (select * from unnest($1::int[], $2::text[])) order by 1, 2 for update`,
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
    `update ${schema}.users u set properties = m.properties from unnest($1::int[], $2::text[], $3::text[]) m(account, external_id, properties)
     where u.account = m.account and u.external_id = m.external_id`,
    toColumns(merged),
  );
}

function toUserKey({ account, externalId }: UserRow): string {
  return `${account} ${externalId}`;
}

function toColumns(users: readonly UserRow[]): unknown[] {
  return [
    users.map(({ account }) => account),
    users.map(({ externalId }) => externalId),
    users.map(({ properties }) => properties),
  ];
}
