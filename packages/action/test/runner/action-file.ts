import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export interface DeclaredInput {
  /** Unevaluated. */
  readonly default: string;
  readonly deprecationMessage: string | null;
}

/** An action.yml, of a JavaScript action. */
export interface ActionFile {
  readonly folder: string;
  readonly name: string;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly outputs: readonly string[];
  /** The absolute path of the file that is run. */
  readonly main: string;
}

interface Manifest {
  readonly name?: unknown;
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
  readonly outputs?: Readonly<Record<string, unknown>> | null;
  readonly runs?: { readonly using?: unknown; readonly main?: unknown };
}

/** Files that were read before, by folder and text: nearly all steps are of one, and YAML is slow to parse. */
const parsed = new Map<string, ActionFile>();

/** Reads `action.yml` in a folder; throws if it is not one of a JavaScript action. */
export function readActionFile(folder: string): ActionFile {
  const yaml = readFileSync(join(folder, "action.yml"), "utf8");
  const key = `${folder}\0${yaml}`;
  const action = parsed.get(key) ?? parseActionFile(folder, yaml);
  parsed.set(key, action);
  return action;
}

function parseActionFile(folder: string, yaml: string): ActionFile {
  const manifest = parse(yaml) as Manifest;
  const { using, main } = manifest.runs ?? {};
  if (typeof using !== "string" || !/^node\d+$/.test(using) || typeof main !== "string")
    throw new Error(`${folder}/action.yml is not a JavaScript action's`);
  const inputs = Object.entries(manifest.inputs ?? {}).map(([name, input]): [string, DeclaredInput] => [
    name,
    {
      default: text(input?.["default"]) ?? "",
      deprecationMessage: text(input?.["deprecationMessage"]),
    },
  ]);
  return {
    folder: resolve(folder),
    name: text(manifest.name) ?? "",
    inputs: new Map(inputs),
    outputs: Object.keys(manifest.outputs ?? {}),
    main: resolve(folder, main),
  };
}

/** A scalar as text: a default of `false` without quotes is the string as well. */
function text(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
