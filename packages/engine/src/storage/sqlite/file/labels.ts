import type { HeronError } from "@heron-webhooks/core";
import { createLabelExistsError, createLabelLimitError } from "../../../limits.ts";
import type { LabelPatch, LabelRecord } from "../../label-record.ts";
import type { StoreFile } from "./store-file.ts";

export function createLabel(file: StoreFile, label: LabelRecord, max: number): HeronError | null {
  const account = file.webhooks.loadAccount(label.account).number;
  const labels = file.labels.get(account);
  if (labels.some(({ name }) => name === label.name)) return createLabelExistsError(label.name);
  if (labels.length >= max) return createLabelLimitError(max);
  upsertLabel(file, account, label);
  return null;
}

export function listLabels(file: StoreFile, account: string): readonly LabelRecord[] {
  return file.labels.get(file.webhooks.findAccountNumber(account) ?? 0);
}

export function updateLabel(
  file: StoreFile,
  account: string,
  name: string,
  patch: LabelPatch,
): LabelRecord | null {
  const previous = listLabels(file, account).find((label) => label.name === name);
  if (previous === undefined) return null;
  const updated = { ...previous, ...patch };
  upsertLabel(file, file.webhooks.loadAccount(account).number, updated);
  return updated;
}

export function deleteLabel(file: StoreFile, account: string, name: string): boolean {
  const deletedRows = file.statements.run(
    "delete from labels where account = ? and name = ?",
    file.webhooks.findAccountNumber(account) ?? 0,
    name,
  );
  file.labels.clear();
  return deletedRows > 0;
}

function upsertLabel(file: StoreFile, account: number, label: LabelRecord): void {
  file.statements.run(
    "insert or replace into labels(account, name, record) values (?, ?, ?)",
    account,
    label.name,
    JSON.stringify(label),
  );
  file.labels.clear();
}
