import { escapeControl } from "../text.ts";
import { MAX_DEPTH } from "./limits.ts";

/** A parsed `{{ … }}`. */
export interface Placeholder {
  /** The names from the root; an index is a name of digits. */
  readonly path: readonly string[];
  /** The path as written. */
  readonly source: string;
  /** The JSON after `??`, for null and missing values; undefined without a default. */
  readonly defaultValue: unknown;
  /** Its offset in the text, in UTF-16 units. */
  readonly offset: number;
}

/** Literal text, or a placeholder. */
export type TemplatePart = string | Placeholder;

/** A syntax error in a template string. */
export class PlaceholderError extends Error {
  readonly offset: number;
  readonly expected: string;
  readonly found: string;

  constructor(text: string, offset: number, expected: string) {
    const found =
      offset >= text.length
        ? "the end of the text"
        : escapeControl(JSON.stringify(text.slice(offset, offset + 20)));
    super(`expected ${expected}, found ${found}`);
    this.offset = offset;
    this.expected = expected;
    this.found = found;
  }
}

/**
 * Parses literal text and placeholders: `{{ path }}` or `{{ path ?? JSON }}`, and `{{{{` for a literal `{{`.
 * @throws PlaceholderError
 */
export function parseTemplateString(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = "";
  let position = 0;
  for (let openAt = text.indexOf("{{"); openAt !== -1; openAt = text.indexOf("{{", position)) {
    literal += text.slice(position, openAt);
    if (text.startsWith("{{{{", openAt)) {
      literal += "{{";
      position = openAt + 4;
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    const reader = new PlaceholderTokenizer(text, openAt + 2);
    parts.push(reader.read(openAt));
    position = reader.position;
  }
  literal += text.slice(position);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return parts;
}

/** Parses a path such as `data.lines[0].sku`; null if invalid. */
export function parsePath(text: string): readonly string[] | null {
  try {
    const [placeholder, ...otherParts] = parseTemplateString(`{{${text}}}`);
    return typeof placeholder === "object" && placeholder.source === text && otherParts.length === 0
      ? placeholder.path
      : null;
  } catch (error) {
    if (error instanceof PlaceholderError) return null;
    throw error;
  }
}

/** Tokenizes one placeholder. */
class PlaceholderTokenizer {
  readonly #text: string;
  #position: number;

  constructor(text: string, position: number) {
    this.#text = text;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  read(openAt: number): Placeholder {
    this.#skipSpace();
    const start = this.#position;
    const path = this.#readPath();
    const source = escapeControl(this.#text.slice(start, this.#position));
    this.#skipSpace();
    let defaultValue: unknown;
    if (this.#consume("??")) {
      this.#skipSpace();
      defaultValue = this.#readJson();
      this.#skipSpace();
    }
    if (!this.#consume("}}"))
      throw this.#createError(
        defaultValue === undefined
          ? '"}}", "??" and a default, or more of the path'
          : '"}}" after the default',
      );
    return { path, source, defaultValue, offset: openAt };
  }

  #readPath(): readonly string[] {
    const path = [this.#readName("a path such as data.amount")];
    for (;;) {
      if (this.#consume("."))
        path.push(this.#readName('a name of letters, digits and _ (others as ["any key"])'));
      else if (this.#consume("[")) {
        path.push(this.#readKey());
        if (!this.#consume("]")) throw this.#createError('"]"');
      } else return path;
    }
  }

  #readName(expected: string): string {
    const name = this.#match(/[A-Za-z_][A-Za-z0-9_]*/y);
    if (name === null) throw this.#createError(expected);
    return name;
  }

  #readKey(): string {
    const index = this.#match(/\d+/y);
    if (index !== null) return index;
    if (this.#text[this.#position] !== '"')
      throw this.#createError('an index such as [0], or a key such as ["any key"]');
    return this.#readJson('a key that is JSON, such as ["any key"]') as string;
  }

  /** Reads a JSON value. Finds its end first, since it can contain `}}`. */
  #readJson(expected = 'a default that is JSON, such as "none", 0 or null'): unknown {
    const start = this.#position;
    const first = this.#text[start];
    if (first === '"') this.#skipString();
    else if (first === "{" || first === "[") this.#skipBrackets();
    else this.#match(/[A-Za-z0-9+.-]+/y);
    try {
      return JSON.parse(this.#text.slice(start, this.#position));
    } catch {
      this.#position = start;
      throw this.#createError(expected);
    }
  }

  #skipBrackets(): void {
    let depth = 0;
    do {
      const char = this.#text[this.#position];
      if (char === undefined) throw this.#createError("a closing bracket");
      if (char === '"') {
        this.#skipString();
        continue;
      }
      if (char === "{" || char === "[") depth++;
      else if (char === "}" || char === "]") depth--;
      if (depth > MAX_DEPTH) throw this.#createError(`a default at most ${MAX_DEPTH} deep`);
      this.#position++;
    } while (depth > 0);
  }

  #skipString(): void {
    const string = this.#match(/"(?:[^"\\]|\\[\s\S])*"/y);
    if (string === null) throw this.#createError("a string that ends with a double quote");
  }

  #skipSpace(): void {
    this.#match(/[ \t\r\n]+/y);
  }

  #consume(word: string): boolean {
    if (!this.#text.startsWith(word, this.#position)) return false;
    this.#position += word.length;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text)?.[0] ?? null;
    if (match !== null) this.#position += match.length;
    return match;
  }

  #createError(expected: string): PlaceholderError {
    return new PlaceholderError(this.#text, this.#position, expected);
  }
}
