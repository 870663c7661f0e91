import { escapeControl, formatValue } from "../text.ts";

/** The values that a template reads: an event, `user`, `webhook.id`, or other roots. */
export type TemplateScope = object;

/** The value at a path of own properties; undefined if missing. */
export function getValueAt(scope: TemplateScope, path: readonly string[]): unknown {
  let value: unknown = scope;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** Explains a missing value with the names that exist. Quotes no values. */
export function explainMissing(scope: TemplateScope, path: readonly string[], source: string): string {
  let value: unknown = scope;
  let depth = 0;
  while (depth < path.length - 1 && typeof value === "object" && value !== null) {
    const name = path[depth] as string;
    if (!Object.hasOwn(value, name)) break;
    value = (value as Readonly<Record<string, unknown>>)[name];
    depth++;
  }
  const missingName = path[depth] as string;
  const parent = escapeControl(JSON.stringify(path.slice(0, depth).join("."))).slice(1, -1);
  if (typeof value !== "object" || value === null)
    return `${source} is missing: ${parent} is ${value === null ? "null" : `a ${typeof value}`} and has no ${formatValue(missingName)}`;
  if (Array.isArray(value)) return `${source} is missing: ${parent} is a list of ${value.length}`;
  const names = findNearestNames(missingName, Object.keys(value));
  const available = parent === "" ? "the template can read" : `${parent} has`;
  return `${source} is missing: ${available} ${names.length === 0 ? "no names" : names.join(", ")}`;
}

const MAX_SUGGESTIONS = 8;

/** The most similar names, best first. Limits their count and length. */
export function findNearestNames(target: string, names: readonly string[]): readonly string[] {
  const getDistance = (name: string): number =>
    computeEditDistance(target.toLowerCase().slice(0, 40), name.toLowerCase().slice(0, 40));
  return names
    .slice(0, 1000)
    .map((name) => ({ name, distance: getDistance(name) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) =>
      escapeControl(JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name)).slice(1, -1),
    );
}

/** The Levenshtein distance. */
function computeEditDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitutionCost = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitutionCost, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
