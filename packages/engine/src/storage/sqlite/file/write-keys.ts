import type { HeronError } from "@heron-webhooks/core";
import { tooManyWriteKeys } from "../../../limits.ts";
import type { WriteKeyRecord } from "../../write-key-record.ts";
import type { StoreFile } from "./store-file.ts";

export function createWriteKey(file: StoreFile, key: WriteKeyRecord, max: number): HeronError | null {
  const account = file.met.account(key.account).number;
  if (listWriteKeys(file, key.account).length >= max) return tooManyWriteKeys(max);
  file.tables.run(
    "insert into write_keys(account, key, hash, record) values (?, ?, ?, ?)",
    account,
    key.id,
    key.hash,
    JSON.stringify(key),
  );
  return null;
}

export function findWriteKey(file: StoreFile, hash: string): WriteKeyRecord | null {
  const row = file.tables.get("select record from write_keys where hash = ?", hash);
  return row === undefined ? null : (JSON.parse(String(row["record"])) as WriteKeyRecord);
}

export function listWriteKeys(file: StoreFile, account: string): readonly WriteKeyRecord[] {
  return file.tables
    .all("select record from write_keys where account = ? order by id", file.met.accountNumber(account) ?? 0)
    .map(({ record }) => JSON.parse(String(record)) as WriteKeyRecord);
}

export function removeWriteKey(file: StoreFile, account: string, id: string): boolean {
  return (
    file.tables.run(
      "delete from write_keys where account = ? and key = ?",
      file.met.accountNumber(account) ?? 0,
      id,
    ) > 0
  );
}
