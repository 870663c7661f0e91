/** A path in an event with an example value. */
export interface EventPath {
  readonly path: string;
  readonly example: string;
}

const MAX_PATHS = 60;
const MAX_DEPTH = 5;
const MAX_EXAMPLE_LENGTH = 40;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The paths of an event whose values can be compared. */
export function collectEventPaths(event: unknown): readonly EventPath[] {
  const paths: EventPath[] = [];
  for (const root of ["data", "meta"]) addPaths(paths, root, getField(event, root), 0);
  const topic = getField(event, "topic");
  if (typeof topic === "string") paths.push({ path: "topic", example: topic });
  return paths.slice(0, MAX_PATHS);
}

function addPaths(paths: EventPath[], path: string, value: unknown, depth: number): void {
  if (value === undefined || paths.length >= MAX_PATHS) return;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    if (depth > 0) paths.push({ path, example: shorten(JSON.stringify(value)) });
    return;
  }
  if (depth >= MAX_DEPTH) return;
  for (const [name, child] of Object.entries(value))
    if (IDENTIFIER.test(name)) addPaths(paths, `${path}.${name}`, child, depth + 1);
}

function getField(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function shorten(text: string): string {
  return text.length > MAX_EXAMPLE_LENGTH ? `${text.slice(0, MAX_EXAMPLE_LENGTH - 1)}…` : text;
}
