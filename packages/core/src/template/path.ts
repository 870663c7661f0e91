import { inert, shown } from "../shown.ts";

/** What a template reads from: an event, and beside it `user`, `webhook.id`, or whatever else was named. */
export type TemplateScope = object;

/** The value at a path, of own properties only; undefined if there is none. */
export function valueAt(scope: TemplateScope, path: readonly string[]): unknown {
  let value: unknown = scope;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** Why there is nothing at a path, in words, naming what is there instead; of values, nothing is said. */
export function whyMissing(scope: TemplateScope, path: readonly string[], source: string): string {
  let value: unknown = scope;
  let last = 0;
  while (last < path.length - 1 && typeof value === "object" && value !== null) {
    const name = path[last] as string;
    if (!Object.hasOwn(value, name)) break;
    value = (value as Readonly<Record<string, unknown>>)[name];
    last++;
  }
  const wanted = path[last] as string;
  const parent = inert(JSON.stringify(path.slice(0, last).join("."))).slice(1, -1);
  if (typeof value !== "object" || value === null)
    return `${source} is missing: ${parent} is ${value === null ? "null" : `a ${typeof value}`} and has no ${shown(wanted)}`;
  if (Array.isArray(value)) return `${source} is missing: ${parent} is a list of ${value.length}`;
  const names = nearest(wanted, Object.keys(value));
  const here = parent === "" ? "the template can read" : `${parent} has`;
  return `${source} is missing: ${here} ${names.length === 0 ? "no names" : names.join(", ")}`;
}

const MOST_NAMED = 8;

/** The names that are most like one, the likest first; at most a few, and none that would flood a message. */
export function nearest(wanted: string, names: readonly string[]): readonly string[] {
  const like = (name: string): number =>
    distance(wanted.toLowerCase().slice(0, 40), name.toLowerCase().slice(0, 40));
  return names
    .slice(0, 1000)
    .map((name) => ({ name, far: like(name) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_NAMED)
    .map(({ name }) => inert(JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name)).slice(1, -1));
}

/** How many letters must be put in, taken out or changed to make the one the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
