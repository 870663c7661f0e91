import type { Condition } from "../matching/condition.ts";

/** A label as stored: a name for events that match its pattern and conditions. */
export interface LabelRecord {
  readonly account: string;
  /** Its topic is `label.<name>`. */
  readonly name: string;
  readonly pattern: string;
  readonly conditions: readonly Condition[];
  readonly description: string;
  /** In milliseconds since 1970. */
  readonly createdAt: number;
}

/** The fields of a label that can be updated. */
export type LabelPatch = Partial<Pick<LabelRecord, "pattern" | "conditions" | "description">>;
