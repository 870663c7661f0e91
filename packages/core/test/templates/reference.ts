/** A template as what it means, from which its text is written and its rendering worked out. */
export type Node =
  | { readonly is: "plain"; readonly value: number | boolean | null }
  | { readonly is: "string"; readonly parts: readonly Segment[] }
  | { readonly is: "list"; readonly items: readonly Node[] }
  | { readonly is: "object"; readonly entries: readonly (readonly [key: string, node: Node])[] };

export type Segment = string | ReferencePlaceholder;

export interface ReferencePlaceholder {
  readonly path: readonly string[];
  /** The path in one of its spellings. */
  readonly spelled: string;
  readonly fallback?: unknown;
}

export type WhenMissing = "null" | "omit" | "error";

/** What a reference rendering throws where `missing` is an error. */
export class MissingError extends Error {}

const OMITTED: unique symbol = Symbol("omitted");

/** The template that a node is written as. Own keys are defined, so that `__proto__` is one like any other. */
export function toTemplate(node: Node): unknown {
  if (node.is === "plain") return node.value;
  if (node.is === "list") return node.items.map(toTemplate);
  if (node.is === "object")
    return omitUndefined(node.entries.map(([key, inner]) => [key, toTemplate(inner)]));
  return node.parts.map(writeSegment).join("");
}

function writeSegment(segment: Segment): string {
  if (typeof segment === "string") return segment.replaceAll("{{", "{{{{");
  return `{{ ${segment.spelled}${"fallback" in segment ? ` ?? ${JSON.stringify(segment.fallback)}` : ""} }}`;
}

/** What a template renders to, worked out by walking its tree: no text, no program. */
export function renderNode(node: Node, scope: object, missing: WhenMissing): unknown {
  const value = walkPath(node, scope, missing);
  return value === OMITTED ? null : value;
}

function walkPath(node: Node, scope: object, missing: WhenMissing): unknown {
  if (node.is === "plain") return node.value;
  if (node.is === "list")
    return node.items.map((item) => walkPath(item, scope, missing)).filter((value) => value !== OMITTED);
  if (node.is === "object")
    return omitUndefined(
      node.entries
        .map(([key, inner]) => [key, walkPath(inner, scope, missing)] as const)
        .filter(([, value]) => value !== OMITTED),
    );
  const [only] = node.parts;
  if (node.parts.length !== 1 || only === undefined || typeof only === "string")
    return node.parts
      .map((part) => (typeof part === "string" ? part : readText(part, scope, missing)))
      .join("");
  const value = readValue(only, scope);
  if (value !== undefined) return value;
  if (missing === "error") throw new MissingError(only.spelled);
  return missing === "omit" ? OMITTED : null;
}

function readText(read: ReferencePlaceholder, scope: object, missing: WhenMissing): string {
  const value = readValue(read, scope);
  if (value === undefined && missing === "error") throw new MissingError(read.spelled);
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

function readValue({ path, ...read }: ReferencePlaceholder, scope: object): unknown {
  let value: unknown = scope;
  for (const name of path)
    value =
      value instanceof Object || (typeof value === "object" && value !== null)
        ? Object.getOwnPropertyDescriptor(value, name)?.value
        : undefined;
  return (value ?? null) === null && "fallback" in read ? read.fallback : value;
}

function omitUndefined(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  return object;
}
