import type { UserStore } from "@heron-webhooks/engine";
import type { Database } from "./database.ts";
import type { Names } from "./names.ts";

type Properties = Readonly<Record<string, unknown>>;

export function postgresUsers(database: Database, names: Names): UserStore {
  const { schema } = database;
  return {
    async addProperties(account, user, properties) {
      const number = await names.account(account);
      return database.transaction(async (client) => {
        await client.query(
          `insert into ${schema}.users(account, key, properties) values ($1, $2, '{}') on conflict do nothing`,
          [number, user],
        );
        const { rows } = await client.query(
          `select properties from ${schema}.users where account = $1 and key = $2 for update`,
          [number, user],
        );
        const all = { ...propertiesOf(rows), ...properties };
        await client.query(`update ${schema}.users set properties = $3 where account = $1 and key = $2`, [
          number,
          user,
          JSON.stringify(all),
        ]);
        return all;
      });
    },
    async get(account, user) {
      const rows = await database.query(
        `select properties from ${schema}.users where account = $1 and key = $2`,
        [await names.find(account), user],
      );
      return rows.length === 0 ? null : propertiesOf(rows);
    },
    async remove(account, user) {
      const rows = await database.query(
        `delete from ${schema}.users where account = $1 and key = $2 returning key`,
        [await names.find(account), user],
      );
      return rows.length > 0;
    },
  };
}

function propertiesOf([row]: readonly unknown[]): Properties {
  return JSON.parse((row as { readonly properties: string } | undefined)?.properties ?? "{}") as Properties;
}
