/** A key `__proto__` or `constructor`, each letter perhaps written as an escape. */
const SUSPECT = new RegExp(`"(?:${["__proto__", "constructor"].map(escapable).join("|")})"`, "i");

function escapable(word: string): string {
  const letters = [...word].map((letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`);
  return letters.join("");
}

/**
 * Parses JSON and leaves out the keys through which copying the value could reach a prototype: `__proto__`, and
 * `constructor` when it holds a `prototype`. The rest of the value is as it was.
 * @throws SyntaxError
 */
export function parseWithoutPrototypes(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (mayReach(text)) leaveOut(value);
  return value;
}

/** Most texts hold no escape, and plain words are found many times faster than patterns. */
function mayReach(text: string): boolean {
  if (text.includes("\\u")) return SUSPECT.test(text);
  return text.includes('"__proto__"') || text.includes('"constructor"');
}

/** Walks with a list rather than by recursion: JSON may be nested deeper than the stack is. */
function leaveOut(root: unknown): void {
  const open = [root];
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
    if (Object.hasOwn(value, "constructor")) {
      const held: unknown = Reflect.get(value, "constructor");
      if (typeof held === "object" && held !== null && Object.hasOwn(held, "prototype"))
        Reflect.deleteProperty(value, "constructor");
    }
    for (const inner of Object.values(value))
      if (typeof inner === "object" && inner !== null) open.push(inner);
  }
}
