import type { HeronError } from "@heron-webhooks/core";
import { labelExists, tooManyLabels } from "../../../limits.ts";
import type { LabelChange, LabelRecord } from "../../label-record.ts";
import type { StoreFile } from "./store-file.ts";

export function createLabel(file: StoreFile, label: LabelRecord, max: number): HeronError | null {
  const account = file.met.account(label.account).number;
  const labels = file.labels.of(account);
  if (labels.some(({ name }) => name === label.name)) return labelExists(label.name);
  if (labels.length >= max) return tooManyLabels(max);
  put(file, account, label);
  return null;
}

export function listLabels(file: StoreFile, account: string): readonly LabelRecord[] {
  return file.labels.of(file.met.accountNumber(account) ?? 0);
}

export function updateLabel(
  file: StoreFile,
  account: string,
  name: string,
  change: LabelChange,
): LabelRecord | null {
  const before = listLabels(file, account).find((label) => label.name === name);
  if (before === undefined) return null;
  const after = { ...before, ...change };
  put(file, file.met.account(account).number, after);
  return after;
}

export function removeLabel(file: StoreFile, account: string, name: string): boolean {
  const gone = file.tables.run(
    "delete from labels where account = ? and name = ?",
    file.met.accountNumber(account) ?? 0,
    name,
  );
  file.labels.forget();
  return gone > 0;
}

function put(file: StoreFile, account: number, label: LabelRecord): void {
  file.tables.run(
    "insert or replace into labels(account, name, record) values (?, ?, ?)",
    account,
    label.name,
    JSON.stringify(label),
  );
  file.labels.forget();
}
