import type { Condition } from "@heron-webhooks/sender";
import { type ConditionOp, kindOf, type Scalar, scalarIn, typedAs } from "./typed.ts";

/** A condition as it is typed. */
export interface ConditionDraft {
  readonly path: string;
  readonly op: ConditionOp;
  /** What is compared with; of a list, one on a line. */
  readonly text: string;
}

/** The most that a label or a webhook may have. */
export const MOST_CONDITIONS = 10;

export const BLANK: ConditionDraft = { path: "", op: "eq", text: "" };

export function draftsOf(when: readonly Condition[]): readonly ConditionDraft[] {
  return when.map(({ path, op, value }) => ({ path, op, text: textOf(op, value) }));
}

function textOf(op: ConditionOp, value: Condition["value"]): string {
  if (isList(value)) return value.map(typedAs).join("\n");
  if (typeof value === "string" && valueIn(op, value) === value) return value;
  return typedAs(value);
}

function isList(value: unknown): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** A condition as it is sent. Without a value, which is refused, there is none: the empty text is typed as "". */
export type WrittenCondition = Pick<Condition, "path" | "op"> & {
  readonly value: Condition["value"] | undefined;
};

/** Conditions as they are sent: a row in which nothing was typed is none. */
export function writtenOf(drafts: readonly ConditionDraft[]): readonly WrittenCondition[] {
  return drafts
    .filter((draft) => !isBlank(draft))
    .map(({ path, op, text }) => ({ path: path.trim(), op, value: valueIn(op, text) }));
}

function valueIn(op: ConditionOp, text: string): Condition["value"] | undefined {
  if (op === "exists") return text.trim() !== "false";
  if (text.trim() === "") return undefined;
  if (op === "in") return linesIn(text).map(scalarIn);
  return op === "starts" ? startIn(text) : scalarIn(text);
}

/** What a text begins with is text, with quotes around it or not. */
function startIn(text: string): string {
  const value = scalarIn(text);
  return typeof value === "string" && /^\s*"/.test(text) ? value : text.trim();
}

function linesIn(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** What is typed is, in a word or two, such as "number". */
export function kindsIn({ op, text }: ConditionDraft): string {
  const value = valueIn(op, text);
  if (value === undefined) return "";
  return isList(value) ? [...new Set(value.map(kindOf))].join(", ") : kindOf(value);
}

/** Whether a row says enough to be compared: a path of an event, and where it needs one a value. */
export function isWhole(draft: ConditionDraft): boolean {
  const value = valueIn(draft.op, draft.text);
  const isOrder = ["gt", "gte", "lt", "lte"].includes(draft.op);
  const hasOrder = !isOrder || (value !== null && typeof value !== "boolean");
  return isPath(draft.path.trim()) && hasOrder && value !== undefined;
}

function isPath(path: string): boolean {
  return /^(topic|created|id|data|meta|user)([.[].*[^.[])?$/.test(path);
}

export function isBlank({ path, text }: ConditionDraft): boolean {
  return path.trim() === "" && text.trim() === "";
}

/** What is wrong with a row, or a field of it: those that are blank were not sent. */
export function errorAt(
  errors: ReadonlyMap<string, string> | undefined,
  drafts: readonly ConditionDraft[],
  row: number,
  field: "path" | "op" | "value" | null,
): string | undefined {
  const draft = drafts[row];
  if (draft === undefined || isBlank(draft)) return undefined;
  const place = drafts.slice(0, row).filter((one) => !isBlank(one)).length;
  return errors?.get(`/when/${place}${field === null ? "" : `/${field}`}`);
}
