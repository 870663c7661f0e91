import type { ActionFile } from "./action-file.ts";
import { type Contexts, evaluateDefault } from "./expressions.ts";

/** What a workflow gives as `with`: all of it becomes text. */
export type Given = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Inputs {
  /** What was given, then the defaults, in order and as the names were written. */
  readonly values: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Every input that is declared or given. A default applies only where the name is absent: given as an empty
 * string, it is empty. That an input is required is not looked at, as GitHub does not.
 */
export function resolveInputs(action: ActionFile, given: Given, contexts: Contexts): Inputs {
  const values = new Map<string, string>();
  const seen = new Set<string>();
  const warnings: string[] = [];
  const declared = new Map([...action.inputs].map(([name, input]) => [name.toUpperCase(), input]));
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (seen.has(name.toUpperCase())) throw new Error(`'${name}' is already defined`);
    seen.add(name.toUpperCase());
    values.set(name, String(value));
    const message = declared.get(name.toUpperCase())?.deprecationMessage ?? null;
    if (message !== null) warnings.push(`Input '${name}' has been deprecated with message: ${message}`);
  }
  for (const [name, input] of action.inputs)
    if (!seen.has(name.toUpperCase())) values.set(name, evaluateDefault(input.default, contexts));
  const unexpected = Object.keys(given).filter(
    (name) => given[name] !== undefined && !declared.has(name.toUpperCase()),
  );
  if (unexpected.length > 0)
    warnings.push(
      `Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${[...action.inputs.keys()].join("', '")}']`,
    );
  return { values, warnings };
}

/** Spaces become underscores, letters upper case, and nothing else changes: hyphens stay. */
export function inputVariables(inputs: Inputs): Record<string, string> {
  return Object.fromEntries(
    [...inputs.values].map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
}
