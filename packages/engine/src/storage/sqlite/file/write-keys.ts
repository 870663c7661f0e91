import type { HeronError } from "@heron-webhooks/core";
import { createWriteKeyLimitError } from "../../../limits.ts";
import type { WriteKeyRecord } from "../../write-key-record.ts";
import type { StoreFile } from "./store-file.ts";

export function createWriteKey(file: StoreFile, key: WriteKeyRecord, max: number): HeronError | null {
  const account = file.webhooks.loadAccount(key.account).number;
  if (listWriteKeys(file, key.account).length >= max) return createWriteKeyLimitError(max);
  file.statements.run(
    "insert into write_keys(account, external_id, hash, record) values (?, ?, ?, ?)",
    account,
    key.id,
    key.hash,
    JSON.stringify(key),
  );
  return null;
}

export function findWriteKey(file: StoreFile, hash: string): WriteKeyRecord | null {
  const row = file.statements.get("select record from write_keys where hash = ?", hash);
  return row === undefined ? null : (JSON.parse(String(row["record"])) as WriteKeyRecord);
}

export function listWriteKeys(file: StoreFile, account: string): readonly WriteKeyRecord[] {
  return file.statements
    .all(
      "select record from write_keys where account = ? order by id",
      file.webhooks.findAccountNumber(account) ?? 0,
    )
    .map(({ record }) => JSON.parse(String(record)) as WriteKeyRecord);
}

export function deleteWriteKey(file: StoreFile, account: string, id: string): boolean {
  return (
    file.statements.run(
      "delete from write_keys where account = ? and external_id = ?",
      file.webhooks.findAccountNumber(account) ?? 0,
      id,
    ) > 0
  );
}
