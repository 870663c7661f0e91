import type { StoreFile } from "./store-file.ts";

type Properties = Readonly<Record<string, unknown>>;

export function addUserProperties(
  file: StoreFile,
  account: string,
  user: string,
  properties: Properties,
): Properties {
  const merged = { ...getUserProperties(file, account, user), ...properties };
  file.statements.run(
    "insert or replace into users(account, external_id, properties) values (?, ?, ?)",
    file.webhooks.loadAccount(account).number,
    user,
    JSON.stringify(merged),
  );
  return merged;
}

export function getUserProperties(file: StoreFile, account: string, user: string): Properties | null {
  const row = file.statements.get(
    "select properties from users where account = ? and external_id = ?",
    file.webhooks.findAccountNumber(account) ?? 0,
    user,
  );
  return row === undefined ? null : (JSON.parse(String(row["properties"])) as Properties);
}

export function deleteUser(file: StoreFile, account: string, user: string): boolean {
  return (
    file.statements.run(
      "delete from users where account = ? and external_id = ?",
      file.webhooks.findAccountNumber(account) ?? 0,
      user,
    ) > 0
  );
}
