import type { Condition } from "@heron-webhooks/sender";
import { callApi } from "../api.ts";
import {
  type ConditionDraft,
  toConditionDrafts,
  toConditionInputs as writtenConditions,
} from "../conditions/condition-draft.ts";

/** A label as the API shows it. */
export interface Label {
  readonly name: string;
  readonly topic: string;
  readonly pattern: string;
  readonly conditions: readonly Condition[];
  readonly description: string;
  readonly created: string;
}

/** A label as it is typed. */
export interface LabelDraft {
  readonly name: string;
  readonly pattern: string;
  readonly conditions: readonly ConditionDraft[];
  readonly description: string;
}

export function toLabelDraft(label: Label | undefined): LabelDraft {
  if (label === undefined) return { name: "", pattern: "", conditions: [], description: "" };
  const { name, pattern, conditions, description } = label;
  return { name, pattern, conditions: toConditionDrafts(conditions), description };
}

/** @throws Refused */
export async function saveLabel(draft: LabelDraft, label: Label | undefined): Promise<void> {
  const input = {
    pattern: draft.pattern.trim(),
    when: writtenConditions(draft.conditions),
    description: draft.description.trim(),
  };
  if (label === undefined) await callApi("POST", "/labels", { name: draft.name.trim(), ...input });
  else await callApi("PUT", `/labels/${encodeURIComponent(label.name)}`, input);
}

/** Where a label is in the page. One may be called like the form that makes one, and no name has a dot. */
export function toLabelPath({ name, topic }: Pick<Label, "name" | "topic">): string {
  return `labels/${name === "new" ? topic : name}`;
}
