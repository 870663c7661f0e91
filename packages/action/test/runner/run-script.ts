import { runStep, type StepOptions, type StepResult } from "./run-step.ts";
import { scriptAction } from "./script-action.ts";

/** Runs a script as the whole of an action. */
export async function runScript(
  source: string,
  options: StepOptions & { readonly inputs?: string } = {},
): Promise<StepResult> {
  const { inputs, ...step } = options;
  await using action = await scriptAction(source, inputs);
  return await runStep({ ...step, action: action.folder });
}

/** Runs a script that prints these lines and nothing else. */
export async function runLines(lines: readonly string[], options: StepOptions = {}): Promise<StepResult> {
  return await runScript(
    `process.stdout.write(${JSON.stringify(lines.map((line) => `${line}\n`).join(""))})`,
    options,
  );
}
