import { truncate } from "../truncate.ts";
import type { TemplateFault } from "./options.ts";

/** The longest text of a joined list, in characters. Source: Heap, "Track" (server-side API). */
const MAX_JOINED_LENGTH = 1024;

/**
 * Finds a violation of Heap's rules: a body is an object with one level of nesting and without lists.
 * Source: Heap, "Event Webhooks Integration", section on the JSON body.
 */
export function findHeapFault(
  value: unknown,
  depth: number,
): Pick<TemplateFault, "expected" | "found"> | null {
  if (Array.isArray(value))
    return {
      expected: "no list: bodies of Heap have none, and a list read by a placeholder is joined with ||",
      found: "a list",
    };
  const isObject = typeof value === "object" && value !== null;
  if (depth === 0 && !isObject) return { expected: "an object, as in Heap", found: "another value" };
  if (depth > 1 && isObject)
    return {
      expected: "at most one level of nesting, as in Heap",
      found: "a deeper object",
    };
  return null;
}

/**
 * Converts a value as Heap does: joins the scalars of a list with `||`, up to 1,024 characters; an object becomes JSON,
 * since a placeholder cannot add structure. Source: Heap, "Track" (server-side API).
 */
export function toHeapValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return toJsonText(value);
  return truncate(value.map(toJsonText).join("||"), MAX_JOINED_LENGTH);
}

/** A value with its own JSON, such as a Date, becomes that string. */
function toJsonText(value: unknown): unknown {
  if (typeof value === "string") return value;
  const json = JSON.stringify(value);
  return json?.startsWith('"') ? JSON.parse(json) : json;
}
