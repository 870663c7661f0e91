import { type Batch, chunkRows, type ImportContext, toPostgresText } from "./batch.ts";
import { getAccountIds, parsePairCursor, toPairCursor } from "./copy-accounts.ts";

/** Copies labels. An existing label of the same name is kept: it is newer. */
export function* copyLabels(
  { source, schema, ids, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const [account, name] = parsePairCursor(after);
  const rows = source.rows(
    `select a.external_id as owner, l.account, l.name, l.record from labels l cross join accounts a
     where a.id = l.account and (l.account, l.name) > (?, ?) order by l.account, l.name`,
    account === "" ? 0 : Number(account),
    name,
  );
  for (const chunk of chunkRows(rows, batchSize))
    yield {
      after: toPairCursor(chunk, "account", "name"),
      rowCount: chunk.length,
      async write(client) {
        const accounts = await getAccountIds(ids, chunk, "owner");
        await client.query(
          `insert into ${schema}.labels(account, name, record) select * from unnest($1::int[], $2::text[], $3::text[])
           on conflict do nothing`,
          [
            accounts,
            chunk.map((row) => toPostgresText(row["name"])),
            chunk.map((row) => toPostgresText(row["record"])),
          ],
        );
        await client.query(
          `update ${schema}.accounts set rules_version = rules_version + 1 where id = any($1)`,
          [accounts],
        );
        return {};
      },
    };
}

/** Copies write keys in the order in which they were created. */
export function* copyWriteKeys(
  { source, schema, ids, batchSize }: ImportContext,
  after: string | null,
): Generator<Batch> {
  const rows = source.rows(
    `select a.external_id as owner, k.id, k.external_id, k.hash, k.record from write_keys k cross join accounts a
     where a.id = k.account and k.id > ? order by k.id`,
    Number(after ?? 0),
  );
  for (const chunk of chunkRows(rows, batchSize))
    yield {
      after: String(chunk.at(-1)?.["id"]),
      rowCount: chunk.length,
      async write(client) {
        await client.query(
          `insert into ${schema}.write_keys(account, external_id, hash, record)
           select account, external_id, hash, record from unnest($1::int[], $2::text[], $3::text[], $4::text[])
             with ordinality k(account, external_id, hash, record, nth) order by nth on conflict do nothing`,
          [
            await getAccountIds(ids, chunk, "owner"),
            chunk.map((row) => row["external_id"]),
            chunk.map((row) => row["hash"]),
            chunk.map((row) => toPostgresText(row["record"])),
          ],
        );
        return {};
      },
    };
}
