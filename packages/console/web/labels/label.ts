import type { Condition } from "@heron-webhooks/sender";
import { ask } from "../api.ts";
import {
  type ConditionDraft,
  draftsOf,
  writtenOf as writtenConditions,
} from "../conditions/condition-draft.ts";

/** A label as the API shows it. */
export interface Label {
  readonly name: string;
  readonly topic: string;
  readonly pattern: string;
  readonly when: readonly Condition[];
  readonly description: string;
  readonly created: string;
}

/** A label as it is typed. */
export interface LabelDraft {
  readonly name: string;
  readonly pattern: string;
  readonly when: readonly ConditionDraft[];
  readonly description: string;
}

export function draftOf(label: Label | undefined): LabelDraft {
  if (label === undefined) return { name: "", pattern: "", when: [], description: "" };
  const { name, pattern, when, description } = label;
  return { name, pattern, when: draftsOf(when), description };
}

/** @throws Refused */
export async function saved(draft: LabelDraft, label: Label | undefined): Promise<void> {
  const changes = {
    pattern: draft.pattern.trim(),
    when: writtenConditions(draft.when),
    description: draft.description.trim(),
  };
  if (label === undefined) await ask("POST", "/labels", { name: draft.name.trim(), ...changes });
  else await ask("PUT", `/labels/${encodeURIComponent(label.name)}`, changes);
}

/** Where a label is in the page. One may be called like the form that makes one, and no name has a dot. */
export function pathOf({ name, topic }: Pick<Label, "name" | "topic">): string {
  return `labels/${name === "new" ? topic : name}`;
}
