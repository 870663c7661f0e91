/** Where something is in an event, and what is there. */
export interface KnownPath {
  readonly path: string;
  readonly example: string;
}

const MOST_PATHS = 60;
const DEEPEST = 5;
const LONGEST_EXAMPLE = 40;
/** What needs no brackets in a path. */
const NAME = /^[A-Za-z_$][\w$]*$/;

/** The paths of an event at which there is something to compare with. */
export function pathsIn(event: unknown): readonly KnownPath[] {
  const found: KnownPath[] = [];
  for (const root of ["data", "meta"]) walk(found, root, fieldOf(event, root), 0);
  const topic = fieldOf(event, "topic");
  if (typeof topic === "string") found.push({ path: "topic", example: topic });
  return found.slice(0, MOST_PATHS);
}

function walk(found: KnownPath[], path: string, value: unknown, depth: number): void {
  if (value === undefined || found.length >= MOST_PATHS) return;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (depth > 0) found.push({ path, example: shortened(JSON.stringify(value)) });
    return;
  }
  if (depth >= DEEPEST) return;
  for (const [name, one] of Object.entries(value))
    if (NAME.test(name)) walk(found, `${path}.${name}`, one, depth + 1);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function shortened(text: string): string {
  return text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1)}…` : text;
}
