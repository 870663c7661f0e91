import type { LabelRecord, LabelStore } from "@heron-webhooks/engine";
import { labelExists, tooManyLabels } from "@heron-webhooks/engine";
import type { Database, Queryable } from "./database.ts";
import type { Names } from "./names.ts";

export function postgresLabels(database: Database, names: Names): LabelStore {
  const { schema } = database;
  return {
    async create(label, max) {
      const account = await names.account(label.account);
      await database.transaction(async (client) => {
        // Of two that would be the last, one after the other.
        await changeRules(client, schema, account);
        const { rows } = await client.query(`select name from ${schema}.labels where account = $1`, [
          account,
        ]);
        if ((rows as readonly LabelRecord[]).some(({ name }) => name === label.name))
          throw labelExists(label.name);
        if (rows.length >= max) throw tooManyLabels(max);
        await client.query(`insert into ${schema}.labels(account, name, record) values ($1, $2, $3)`, [
          account,
          label.name,
          JSON.stringify(label),
        ]);
      });
    },
    async list(account) {
      const rows = await database.query<{ readonly record: string }>(
        `select record from ${schema}.labels where account = $1 order by name collate "C"`,
        [await names.find(account)],
      );
      return rows.map(({ record }) => JSON.parse(record) as LabelRecord);
    },
    async update(account, name, change) {
      const number = await names.find(account);
      if (number === null) return null;
      return database.transaction(async (client) => {
        const { rows } = await client.query(
          `select record from ${schema}.labels where account = $1 and name = $2 for update`,
          [number, name],
        );
        const [row] = rows as readonly { readonly record: string }[];
        if (row === undefined) return null;
        await changeRules(client, schema, number);
        const after: LabelRecord = { ...(JSON.parse(row.record) as LabelRecord), ...change };
        await client.query(`update ${schema}.labels set record = $3 where account = $1 and name = $2`, [
          number,
          name,
          JSON.stringify(after),
        ]);
        return after;
      });
    },
    async remove(account, name) {
      const number = await names.find(account);
      if (number === null) return false;
      return database.transaction(async (client) => {
        const { rows } = await client.query(
          `delete from ${schema}.labels where account = $1 and name = $2 returning name`,
          [number, name],
        );
        if (rows.length > 0) await changeRules(client, schema, number);
        return rows.length > 0;
      });
    },
  };
}

/** Who publishes for the account hears, in the statement that does it, that what it knew is no more; see {@link Rules}. */
export async function changeRules(client: Queryable, schema: string, account: number): Promise<void> {
  await client.query(`update ${schema}.accounts set rules = rules + 1 where id = $1`, [account]);
}
