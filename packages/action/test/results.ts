import type { DeliveryResult } from "../src/deliver.ts";
import type { StepResult } from "./runner/run-step.ts";

/** What the step says became of each webhook. */
export function parseResults({ outputs }: StepResult): readonly DeliveryResult[] {
  return JSON.parse(outputs["results"] ?? "") as readonly DeliveryResult[];
}

/** The only one. */
export function parseSingleResult(step: StepResult): DeliveryResult {
  const [result, ...others] = parseResults(step);
  if (result === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} results`);
  return result;
}
