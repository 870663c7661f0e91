import type { Condition } from "@heron-webhooks/sender";
import { type ConditionOp, describeType, type Scalar, parseScalar, formatScalarInput } from "./scalar-input.ts";

/** A condition as it is typed. */
export interface ConditionDraft {
  readonly path: string;
  readonly op: ConditionOp;
  /** What is compared with; of a list, one on a line. */
  readonly text: string;
}

/** The most that a label or a webhook may have. */
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

/** A condition as it is sent. Without a value, which is refused, there is none: the empty text is typed as "". */
export type ConditionInput = Pick<Condition, "path" | "op"> & {
  readonly value: Condition["value"] | undefined;
};

/** Conditions as they are sent: a row in which nothing was typed is none. */
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

/** What a text begins with is text, with quotes around it or not. */
function parsePrefix(text: string): string {
  const value = parseScalar(text);
  return typeof value === "string" && /^\s*"/.test(text) ? value : text.trim();
}

function splitLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** What is typed is, in a word or two, such as "number". */
export function describeValueTypes({ op, text }: ConditionDraft): string {
  const value = parseValue(op, text);
  if (value === undefined) return "";
  return isList(value) ? [...new Set(value.map(describeType))].join(", ") : describeType(value);
}

/** Whether a row says enough to be compared: a path of an event, and where it needs one a value. */
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

/** What is wrong with a row, or a field of it: those that are blank were not sent. */
export function findConditionError(
  errors: ReadonlyMap<string, string> | undefined,
  drafts: readonly ConditionDraft[],
  row: number,
  field: "path" | "op" | "value" | null,
): string | undefined {
  const draft = drafts[row];
  if (draft === undefined || isBlank(draft)) return undefined;
  const sentIndex = drafts.slice(0, row).filter((earlierDraft) => !isBlank(earlierDraft)).length;
  return errors?.get(`/when/${sentIndex}${field === null ? "" : `/${field}`}`);
}
