/**
 * As much of GitHub's expressions as the defaults of inputs need: text with `${{ }}` around a path into a
 * context, or around a literal. Anything else throws, so that no test passes on a default misread.
 * @module
 */

/** What a default may use, by name. */
export type Contexts = Readonly<Record<string, unknown>>;

/** Evaluates a default; values become text as the runner makes it of them. */
export function evaluateDefault(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_whole, expression: string) =>
    asText(evaluated(expression.trim(), contexts)),
  );
}

function evaluated(expression: string, contexts: Contexts): unknown {
  const quoted = /^'((?:[^']|'')*)'$/.exec(expression)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  if (/^(?:true|false|null|-?\d+(?:\.\d+)?)$/.test(expression)) return JSON.parse(expression) as unknown;
  if (!/^[a-z_][\w-]*(?:\.[a-z_][\w-]*|\['[^']*'\])*$/i.test(expression))
    throw new Error(`this expression is not one that the harness evaluates: ${expression}`);
  const [context = "", ...path] = [...expression.matchAll(/[\w-]+|(?<=\[')[^']*/g)].map(([name]) => name);
  if (own(contexts, context) === undefined) throw new Error(`Unrecognized named-value: '${context}'`);
  return path.reduce<unknown>(own, own(contexts, context));
}

/** Names are the same in any case; what is not there is null. */
function own(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return null;
  const found = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return Array.isArray(value) ? "Array" : "Object";
  return String(value);
}
