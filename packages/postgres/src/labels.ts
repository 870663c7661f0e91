import type { LabelRecord, LabelStore } from "@heron-webhooks/engine";
import { createLabelExistsError, createLabelLimitError } from "@heron-webhooks/engine";
import type { Database, SqlClient } from "./database.ts";
import type { IdMap } from "./id-map.ts";

export function createLabelStore(database: Database, ids: IdMap): LabelStore {
  const { schema } = database;
  return {
    async create(label, limit) {
      const accountId = await ids.getAccountId(label.account);
      await database.transaction(async (client) => {
        // Also locks the account, so that concurrent calls cannot exceed the limit.
        await incrementRulesVersion(client, schema, accountId);
        const { rows } = await client.query(`select name from ${schema}.labels where account = $1`, [
          accountId,
        ]);
        if ((rows as readonly LabelRecord[]).some(({ name }) => name === label.name))
          throw createLabelExistsError(label.name);
        if (rows.length >= limit) throw createLabelLimitError(limit);
        await client.query(`insert into ${schema}.labels(account, name, record) values ($1, $2, $3)`, [
          accountId,
          label.name,
          JSON.stringify(label),
        ]);
      });
    },
    async list(account) {
      const rows = await database.query<{ readonly record: string }>(
        `select record from ${schema}.labels where account = $1 order by name collate "C"`,
        [await ids.findAccountId(account)],
      );
      return rows.map(({ record }) => JSON.parse(record) as LabelRecord);
    },
    async update(account, name, change) {
      const accountId = await ids.findAccountId(account);
      if (accountId === null) return null;
      return database.transaction(async (client) => {
        const { rows } = await client.query(
          `select record from ${schema}.labels where account = $1 and name = $2 for update`,
          [accountId, name],
        );
        const [row] = rows as readonly { readonly record: string }[];
        if (row === undefined) return null;
        await incrementRulesVersion(client, schema, accountId);
        const updated: LabelRecord = { ...(JSON.parse(row.record) as LabelRecord), ...change };
        await client.query(`update ${schema}.labels set record = $3 where account = $1 and name = $2`, [
          accountId,
          name,
          JSON.stringify(updated),
        ]);
        return updated;
      });
    },
    async delete(account, name) {
      const accountId = await ids.findAccountId(account);
      if (accountId === null) return false;
      return database.transaction(async (client) => {
        const { rows } = await client.query(
          `delete from ${schema}.labels where account = $1 and name = $2 returning name`,
          [accountId, name],
        );
        if (rows.length > 0) await incrementRulesVersion(client, schema, accountId);
        return rows.length > 0;
      });
    },
  };
}

/** Makes cached rules of the account stale: publishing compares the version in its statement. See `AccountRulesCache`. */
export async function incrementRulesVersion(
  client: SqlClient,
  schema: string,
  accountId: number,
): Promise<void> {
  await client.query(`update ${schema}.accounts set rules_version = rules_version + 1 where id = $1`, [
    accountId,
  ]);
}
