import type { StoreFile } from "./store-file.ts";

type Properties = Readonly<Record<string, unknown>>;

export function addProperties(
  file: StoreFile,
  account: string,
  user: string,
  properties: Properties,
): Properties {
  const all = { ...getProperties(file, account, user), ...properties };
  file.tables.run(
    "insert or replace into users(account, key, properties) values (?, ?, ?)",
    file.met.account(account).number,
    user,
    JSON.stringify(all),
  );
  return all;
}

export function getProperties(file: StoreFile, account: string, user: string): Properties | null {
  const row = file.tables.get(
    "select properties from users where account = ? and key = ?",
    file.met.accountNumber(account) ?? 0,
    user,
  );
  return row === undefined ? null : (JSON.parse(String(row["properties"])) as Properties);
}

export function removeUser(file: StoreFile, account: string, user: string): boolean {
  return (
    file.tables.run(
      "delete from users where account = ? and key = ?",
      file.met.accountNumber(account) ?? 0,
      user,
    ) > 0
  );
}
