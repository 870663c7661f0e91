import type { Condition } from "../matching/condition.ts";

/** A label as it is kept: a name for events that its pattern names, and of which its conditions hold. */
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

/** What may be changed of a label. */
export type LabelPatch = Partial<Pick<LabelRecord, "pattern" | "conditions" | "description">>;
