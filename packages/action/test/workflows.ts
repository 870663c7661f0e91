import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { evaluateDefault } from "./runner/expressions.ts";

/** What expressions of a workflow may read, by context and name. */
export type Values = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A step that uses the action, as the runner has it once expressions are put in. */
export interface ActionStep {
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Unevaluated; empty if there is none. */
  readonly condition: string;
  /** What stands before it in the job. */
  readonly before: readonly string[];
}

/** A workflow file. */
export interface Workflow {
  readonly name: string;
  readonly triggers: readonly string[];
  readonly step: (values: Values) => ActionStep;
}

interface WorkflowFile {
  readonly name: string;
  readonly on: string | readonly string[] | Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly WorkflowStep[] }>>;
}

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

/** The folder of the workflows. */
export const EXAMPLES: URL = new URL("../../../examples/workflows/", import.meta.url);

const ACTION = /^heron-webhooks\/heron-webhooks\/packages\/action@v1$/;

/** Reads a workflow whose one job uses the action in one step. */
export function readWorkflow(file: string): Workflow {
  const workflow = parse(readFileSync(new URL(file, EXAMPLES), "utf8")) as WorkflowFile;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const at = steps.findIndex(({ uses = "" }) => ACTION.test(uses));
  const own = steps[at];
  if (own === undefined) throw new Error(`${file} does not use the action`);
  return {
    name: workflow.name,
    triggers: typeof workflow.on === "object" ? getNames(workflow.on) : [workflow.on],
    step: (values) => ({
      with: expandExpressions(own.with, values),
      env: expandExpressions(own.env, values),
      condition: own.if ?? "",
      before: steps.slice(0, at).map(({ uses, run }) => uses ?? run ?? ""),
    }),
  };
}

function getNames(on: object): readonly string[] {
  return Array.isArray(on) ? (on as readonly string[]) : Object.keys(on);
}

/** Text with the values of its expressions, put in as the runner does: whatever they hold. */
function expandExpressions(
  texts: WorkflowStep["with"] = {},
  values: Values,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, evaluateDefault(String(text), values)]),
  );
}
