import type { UserStore } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { IdMap } from "./id-map.ts";

type Properties = Readonly<Record<string, unknown>>;

export function createUserStore(database: Database, ids: IdMap): UserStore {
  const { schema } = database;
  return {
    async addProperties(account, user, properties) {
      const accountId = await ids.getAccountId(account);
      return database.transaction(async (client) => {
        await client.query(
          `insert into ${schema}.users(account, external_id, properties) values ($1, $2, '{}') on conflict do nothing`,
          [accountId, user],
        );
        const { rows } = await client.query(
          `select properties from ${schema}.users where account = $1 and external_id = $2 for update`,
          [accountId, user],
        );
        const merged = { ...parseProperties(rows), ...properties };
        await client.query(
          `update ${schema}.users set properties = $3 where account = $1 and external_id = $2`,
          [accountId, user, JSON.stringify(merged)],
        );
        return merged;
      });
    },
    async get(account, user) {
      const rows = await database.query(
        `select properties from ${schema}.users where account = $1 and external_id = $2`,
        [await ids.findAccountId(account), user],
      );
      return rows.length === 0 ? null : parseProperties(rows);
    },
    async delete(account, user) {
      const rows = await database.query(
        `delete from ${schema}.users where account = $1 and external_id = $2 returning external_id`,
        [await ids.findAccountId(account), user],
      );
      return rows.length > 0;
    },
  };
}

function parseProperties([row]: readonly unknown[]): Properties {
  return JSON.parse((row as { readonly properties: string } | undefined)?.properties ?? "{}") as Properties;
}
