import type { Result } from "../src/deliver.ts";
import type { StepResult } from "./runner/run-step.ts";

/** What the step says became of each webhook. */
export function resultsOf({ outputs }: StepResult): readonly Result[] {
  return JSON.parse(outputs["results"] ?? "") as readonly Result[];
}

/** The only one. */
export function resultOf(step: StepResult): Result {
  const [result, ...others] = resultsOf(step);
  if (result === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} results`);
  return result;
}
