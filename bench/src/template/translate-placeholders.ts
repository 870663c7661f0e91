/** How an engine writes a placeholder: of a value that keeps its type, and of one inside of text. */
export interface Spelling {
  readonly value: (path: string) => string;
  readonly text: (path: string) => string;
}

const PLACEHOLDER = /"\{\{ ([^{}]+) \}\}"|\{\{ ([^{}]+) \}\}/g;

/** A template as the JSON text that another engine takes, its placeholders spelled that engine's way. */
export function translatePlaceholders(template: unknown, { value, text }: Spelling): string {
  return JSON.stringify(template).replaceAll(PLACEHOLDER, (_, whole?: string, inside?: string) =>
    whole === undefined ? text(inside ?? "") : value(whole),
  );
}

/** Says of a path whether text stands there. */
export function listPaths(scope: unknown): (path: string) => boolean {
  return (path) => {
    let value = scope;
    for (const [name] of path.matchAll(/\w+/g)) value = (value as Record<string, unknown>)[name];
    return typeof value === "string";
  };
}
