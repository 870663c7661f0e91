import type { Condition } from "@heron-webhooks/sender";
import {
  type ConditionOp,
  describeType,
  formatScalarInput,
  parseScalar,
  type Scalar,
} from "./scalar-input.ts";

/** A condition as it is typed. */
export interface ConditionDraft {
  readonly path: string;
  readonly op: ConditionOp;
  /** The value, with one item per line for a list. */
  readonly text: string;
}

export const MAX_CONDITIONS = 10;

export const EMPTY_CONDITION: ConditionDraft = { path: "", op: "eq", text: "" };

export function toConditionDrafts(conditions: readonly Condition[]): readonly ConditionDraft[] {
  return conditions.map(({ path, op, value }) => ({ path, op, text: formatValue(op, value) }));
}

function formatValue(op: ConditionOp, value: Condition["value"]): string {
  if (isList(value)) return value.map(formatScalarInput).join("\n");
  if (typeof value === "string" && parseValue(op, value) === value) return value;
  return formatScalarInput(value);
}

function isList(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** A condition as it is sent. The API rejects a missing value; an empty string is typed as "". */
export type ConditionInput = Pick<Condition, "path" | "op"> & {
  readonly value: Condition["value"] | undefined;
};

/** Converts rows to conditions and skips blank rows. */
export function toConditionInputs(drafts: readonly ConditionDraft[]): readonly ConditionInput[] {
  return drafts
    .filter((draft) => !isBlank(draft))
    .map(({ path, op, text }) => ({ path: path.trim(), op, value: parseValue(op, text) }));
}

function parseValue(op: ConditionOp, text: string): Condition["value"] | undefined {
  if (op === "exists") return text.trim() !== "false";
  if (text.trim() === "") return undefined;
  if (op === "in") return splitLines(text).map(parseScalar);
  return op === "starts" ? parsePrefix(text) : parseScalar(text);
}

/** The prefix of a string is always a string, quoted or not. */
function parsePrefix(text: string): string {
  const value = parseScalar(text);
  return typeof value === "string" && /^\s*"/.test(text) ? value : text.trim();
}

function splitLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** The detected types, for example "number". */
export function describeValueTypes({ op, text }: ConditionDraft): string {
  const value = parseValue(op, text);
  if (value === undefined) return "";
  return isList(value) ? [...new Set(value.map(describeType))].join(", ") : describeType(value);
}

/** Whether a row has a valid path and a value that fits its operator. */
export function isComplete(draft: ConditionDraft): boolean {
  const value = parseValue(draft.op, draft.text);
  const isOrdered = ["gt", "gte", "lt", "lte"].includes(draft.op);
  const isOrderable = !isOrdered || (value !== null && typeof value !== "boolean");
  return isPath(draft.path.trim()) && isOrderable && value !== undefined;
}

function isPath(path: string): boolean {
  return /^(topic|created|id|data|meta|user)([.[].*[^.[])?$/.test(path);
}

export function isBlank({ path, text }: ConditionDraft): boolean {
  return path.trim() === "" && text.trim() === "";
}

/** The error of a row or of one of its fields. Blank rows are not sent and do not count. */
export function findConditionError(
  errors: ReadonlyMap<string, string> | undefined,
  drafts: readonly ConditionDraft[],
  row: number,
  field: "path" | "op" | "value" | null,
): string | undefined {
  const draft = drafts[row];
  if (draft === undefined || isBlank(draft)) return undefined;
  const sentIndex = drafts.slice(0, row).filter((earlierDraft) => !isBlank(earlierDraft)).length;
  return errors?.get(`/conditions/${sentIndex}${field === null ? "" : `/${field}`}`);
}
