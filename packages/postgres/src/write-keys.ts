import type { WriteKeyRecord, WriteKeyStore } from "@heron-webhooks/engine";
import { createWriteKeyLimitError } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { IdMap } from "./id-map.ts";

interface WriteKeyRow {
  readonly record: string;
}

export function createWriteKeyStore(database: Database, ids: IdMap): WriteKeyStore {
  const { schema } = database;
  return {
    async create(key, limit) {
      const accountId = await ids.getAccountId(key.account);
      await database.transaction(async (client) => {
        // Lock the account, so that concurrent calls cannot exceed the limit.
        await client.query(`select from ${schema}.accounts where id = $1 for no key update`, [accountId]);
        const { rows } = await client.query(`select id from ${schema}.write_keys where account = $1`, [
          accountId,
        ]);
        if (rows.length >= limit) throw createWriteKeyLimitError(limit);
        await client.query(
          `insert into ${schema}.write_keys(account, external_id, hash, record) values ($1, $2, $3, $4)`,
          [accountId, key.id, key.hash, JSON.stringify(key)],
        );
      });
    },
    async find(hash) {
      const [row] = await database.query<WriteKeyRow>(
        `select record from ${schema}.write_keys where hash = $1`,
        [hash],
      );
      return row === undefined ? null : parseRecord(row);
    },
    async list(account) {
      const rows = await database.query<WriteKeyRow>(
        `select record from ${schema}.write_keys where account = $1 order by id`,
        [await ids.findAccountId(account)],
      );
      return rows.map(parseRecord);
    },
    async delete(account, id) {
      const rows = await database.query(
        `delete from ${schema}.write_keys where account = $1 and external_id = $2 returning id`,
        [await ids.findAccountId(account), id],
      );
      return rows.length > 0;
    },
  };
}

function parseRecord({ record }: WriteKeyRow): WriteKeyRecord {
  return JSON.parse(record) as WriteKeyRecord;
}
