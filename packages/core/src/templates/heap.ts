import { truncate } from "../truncate.ts";
import type { TemplateFault } from "./options.ts";

/** The longest text that Heap makes of a list, in characters. Source: Heap, "Track" (server-side API). */
const MAX_JOINED_LENGTH = 1024;

/**
 * What Heap would not take of a template: its body is an object with one level of nesting and without lists.
 * Source: Heap, "Event Webhooks Integration", section on the JSON body.
 */
export function findHeapFault(
  value: unknown,
  depth: number,
): Pick<TemplateFault, "expected" | "found"> | null {
  if (Array.isArray(value))
    return {
      expected: "no list: Heap's bodies have none, and a list that a placeholder reads is joined with ||",
      found: "a list",
    };
  const isObject = typeof value === "object" && value !== null;
  if (depth === 0 && !isObject)
    return { expected: "an object, as every body of Heap's is", found: "another value" };
  if (depth > 1 && isObject)
    return {
      expected: "one level of nesting at most, as Heap has it",
      found: "an object in an object in the body",
    };
  return null;
}

/**
 * A value as Heap writes it: the scalars of a list joined with `||`, cut at 1,024 characters; an object as its JSON,
 * since no deeper structure may come of a placeholder. Source: Heap, "Track" (server-side API).
 */
export function toHeapValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return toJsonText(value);
  return truncate(value.map(toJsonText).join("||"), MAX_JOINED_LENGTH);
}

/** What writes itself as a string, such as a Date, is that string. */
function toJsonText(value: unknown): unknown {
  if (typeof value === "string") return value;
  const json = JSON.stringify(value);
  return json?.startsWith('"') ? JSON.parse(json) : json;
}
