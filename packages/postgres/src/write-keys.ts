import type { WriteKeyRecord, WriteKeyStore } from "@heron-webhooks/engine";
import { tooManyWriteKeys } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";

interface WriteKeyRow {
  readonly record: string;
}

export function postgresWriteKeys(database: Database, names: Names): WriteKeyStore {
  const { schema } = database;
  return {
    async create(key, max) {
      const account = await names.account(key.account);
      await database.transaction(async (client) => {
        // Of two that would be the last, one after the other.
        await client.query(`select from ${schema}.accounts where id = $1 for no key update`, [account]);
        const { rows } = await client.query(`select id from ${schema}.write_keys where account = $1`, [
          account,
        ]);
        if (rows.length >= max) throw tooManyWriteKeys(max);
        await client.query(
          `insert into ${schema}.write_keys(account, key, hash, record) values ($1, $2, $3, $4)`,
          [account, key.id, key.hash, JSON.stringify(key)],
        );
      });
    },
    async find(hash) {
      const [row] = await database.query<WriteKeyRow>(
        `select record from ${schema}.write_keys where hash = $1`,
        [hash],
      );
      return row === undefined ? null : recordOf(row);
    },
    async list(account) {
      const rows = await database.query<WriteKeyRow>(
        `select record from ${schema}.write_keys where account = $1 order by id`,
        [await names.find(account)],
      );
      return rows.map(recordOf);
    },
    async remove(account, id) {
      const rows = await database.query(
        `delete from ${schema}.write_keys where account = $1 and key = $2 returning id`,
        [await names.find(account), id],
      );
      return rows.length > 0;
    },
  };
}

function recordOf({ record }: WriteKeyRow): WriteKeyRecord {
  return JSON.parse(record) as WriteKeyRecord;
}
