import type { Condition } from "@heron-webhooks/sender";
import { callApi } from "../api.ts";
import { type ConditionDraft, toConditionDrafts, toConditionInputs } from "../conditions/condition-draft.ts";

/** A label in API responses. */
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

/** @throws ApiError */
export async function saveLabel(draft: LabelDraft, label: Label | undefined): Promise<void> {
  const input = {
    pattern: draft.pattern.trim(),
    conditions: toConditionInputs(draft.conditions),
    description: draft.description.trim(),
  };
  if (label === undefined) await callApi("POST", "/labels", { name: draft.name.trim(), ...input });
  else await callApi("PUT", `/labels/${encodeURIComponent(label.name)}`, input);
}

/** The path of a label. A label named `new` is addressed by its topic, since `labels/new` is the form. */
export function toLabelPath({ name, topic }: Pick<Label, "name" | "topic">): string {
  return `labels/${name === "new" ? topic : name}`;
}
