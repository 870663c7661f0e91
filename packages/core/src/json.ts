/** A key `__proto__` or `constructor`, with any letter escaped. */
const PROTOTYPE_KEY = new RegExp(
  `"(?:${["__proto__", "constructor"].map(toEscapablePattern).join("|")})"`,
  "i",
);

function toEscapablePattern(word: string): string {
  const letters = [...word].map((letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`);
  return letters.join("");
}

/**
 * Parses JSON and removes keys that could reach a prototype when copied: `__proto__`, and `constructor` with a
 * `prototype`.
 * @throws SyntaxError
 */
export function parseJsonWithoutPrototypes(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (mayContainPrototypeKeys(text)) removePrototypeKeys(value);
  return value;
}

/** Most texts have no escape, and searching plain words is many times faster than a pattern. */
function mayContainPrototypeKeys(text: string): boolean {
  if (text.includes("\\u")) return PROTOTYPE_KEY.test(text);
  return text.includes('"__proto__"') || text.includes('"constructor"');
}

/** Iterative: JSON can be nested deeper than the stack. */
function removePrototypeKeys(root: unknown): void {
  const stack = [root];
  for (let value = stack.pop(); value !== undefined || stack.length > 0; value = stack.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
    if (Object.hasOwn(value, "constructor")) {
      const constructorValue: unknown = Reflect.get(value, "constructor");
      if (
        typeof constructorValue === "object" &&
        constructorValue !== null &&
        Object.hasOwn(constructorValue, "prototype")
      )
        Reflect.deleteProperty(value, "constructor");
    }
    for (const child of Object.values(value))
      if (typeof child === "object" && child !== null) stack.push(child);
  }
}
