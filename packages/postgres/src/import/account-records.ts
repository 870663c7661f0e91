import { accountsOf, afterPair, pairOf } from "./accounts.ts";
import { type Batch, chunks, text, type Way } from "./batch.ts";

/** The labels of accounts. One that is here already, by its name, stays as it is here: it is newer. */
export function* labels({ source, schema, names, size }: Way, after: string | null): Generator<Batch> {
  if (!source.has("labels")) return;
  const [account, name] = pairOf(after);
  const rows = source.rows(
    `select a.key as owner, l.account, l.name, l.record from labels l cross join accounts a
     where a.id = l.account and (l.account, l.name) > (?, ?) order by l.account, l.name`,
    account === "" ? 0 : Number(account),
    name,
  );
  for (const found of chunks(rows, size))
    yield {
      after: afterPair(found, "account", "name"),
      units: found.length,
      async write(client) {
        const accounts = await accountsOf(names, found, "owner");
        await client.query(
          `insert into ${schema}.labels(account, name, record) select * from unnest($1::int[], $2::text[], $3::text[])
           on conflict do nothing`,
          [accounts, found.map((row) => text(row["name"])), found.map((row) => text(row["record"]))],
        );
        await client.query(`update ${schema}.accounts set rules = rules + 1 where id = any($1)`, [accounts]);
        return {};
      },
    };
}

/** The write keys of accounts, in the order in which they were made. */
export function* writeKeys({ source, schema, names, size }: Way, after: string | null): Generator<Batch> {
  if (!source.has("write_keys")) return;
  const rows = source.rows(
    `select a.key as owner, k.id, k.key, k.hash, k.record from write_keys k cross join accounts a
     where a.id = k.account and k.id > ? order by k.id`,
    Number(after ?? 0),
  );
  for (const found of chunks(rows, size))
    yield {
      after: String(found.at(-1)?.["id"]),
      units: found.length,
      async write(client) {
        await client.query(
          `insert into ${schema}.write_keys(account, key, hash, record)
           select account, key, hash, record from unnest($1::int[], $2::text[], $3::text[], $4::text[])
             with ordinality k(account, key, hash, record, nth) order by nth on conflict do nothing`,
          [
            await accountsOf(names, found, "owner"),
            found.map((row) => row["key"]),
            found.map((row) => row["hash"]),
            found.map((row) => text(row["record"])),
          ],
        );
        return {};
      },
    };
}
