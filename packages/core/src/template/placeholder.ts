import { inert } from "../shown.ts";
import { DEEPEST } from "./limits.ts";

/** What stands between `{{` and `}}`: where to read, and what to take if nothing is there. */
export interface Placeholder {
  /** The names from the root on; an index is a name of digits. */
  readonly path: readonly string[];
  /** The path as it was written. */
  readonly source: string;
  /** The JSON behind `??`, for null and for missing; undefined if there is none. */
  readonly fallback: unknown;
  /** Where in its text it begins, in UTF-16 units. */
  readonly at: number;
}

/** A text cut up: what stays as it is, and placeholders. */
export type Part = string | Placeholder;

/** A text that cannot be cut up: where in it, and what should have been there. */
export class PlaceholderFault extends Error {
  readonly at: number;
  readonly expected: string;
  readonly found: string;

  constructor(text: string, at: number, expected: string) {
    const found = at >= text.length ? "the end of the text" : inert(JSON.stringify(text.slice(at, at + 20)));
    super(`expected ${expected}, found ${found}`);
    this.at = at;
    this.expected = expected;
    this.found = found;
  }
}

/**
 * Cuts a text up into what stays and placeholders: `{{ path }}` or `{{ path ?? JSON }}`, and `{{{{` for a plain `{{`.
 * @throws PlaceholderFault
 */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let plain = "";
  let at = 0;
  for (let open = text.indexOf("{{"); open !== -1; open = text.indexOf("{{", at)) {
    plain += text.slice(at, open);
    if (text.startsWith("{{{{", open)) {
      plain += "{{";
      at = open + 4;
      continue;
    }
    if (plain !== "") parts.push(plain);
    plain = "";
    const reader = new Reader(text, open + 2);
    parts.push(reader.placeholder(open));
    at = reader.at;
  }
  plain += text.slice(at);
  if (plain !== "" || parts.length === 0) parts.push(plain);
  return parts;
}

/** The names of a path as placeholders have it, such as `data.lines[0].sku`; null if the text is not one. */
export function pathOf(text: string): readonly string[] | null {
  try {
    const [only, ...more] = partsOf(`{{${text}}}`);
    return typeof only === "object" && only.source === text && more.length === 0 ? only.path : null;
  } catch (error) {
    if (error instanceof PlaceholderFault) return null;
    throw error;
  }
}

/** Reads one placeholder from left to right. */
class Reader {
  readonly text: string;
  at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  placeholder(open: number): Placeholder {
    this.#space();
    const from = this.at;
    const path = this.#path();
    const source = inert(this.text.slice(from, this.at));
    this.#space();
    let fallback: unknown;
    if (this.#take("??")) {
      this.#space();
      fallback = this.#json();
      this.#space();
    }
    if (!this.#take("}}"))
      throw this.#fault(
        fallback === undefined
          ? '"}}", or "??" and a default, or more of the path'
          : '"}}" behind the default',
      );
    return { path, source, fallback, at: open };
  }

  #path(): readonly string[] {
    const path = [this.#name("a path such as data.amount")];
    for (;;) {
      if (this.#take(".")) path.push(this.#name('a name of letters, digits and _ (others as ["any key"])'));
      else if (this.#take("[")) {
        path.push(this.#key());
        if (!this.#take("]")) throw this.#fault('"]"');
      } else return path;
    }
  }

  #name(expected: string): string {
    const name = this.#match(/[A-Za-z_][A-Za-z0-9_]*/y);
    if (name === null) throw this.#fault(expected);
    return name;
  }

  #key(): string {
    const index = this.#match(/\d+/y);
    if (index !== null) return index;
    if (this.text[this.at] !== '"') throw this.#fault('an index such as [0], or a key such as ["any key"]');
    return this.#json('a key that is JSON, such as ["any key"]') as string;
  }

  /** A JSON value of any kind. Its end is found first, since `}}` may stand in it. */
  #json(expected = 'a default that is JSON, such as "none", 0 or null'): unknown {
    const from = this.at;
    const first = this.text[from];
    if (first === '"') this.#string();
    else if (first === "{" || first === "[") this.#brackets();
    else this.#match(/[A-Za-z0-9+.-]+/y);
    try {
      return JSON.parse(this.text.slice(from, this.at));
    } catch {
      this.at = from;
      throw this.#fault(expected);
    }
  }

  #brackets(): void {
    let depth = 0;
    do {
      const char = this.text[this.at];
      if (char === undefined) throw this.#fault("a default whose brackets are closed");
      if (char === '"') {
        this.#string();
        continue;
      }
      if (char === "{" || char === "[") depth++;
      else if (char === "}" || char === "]") depth--;
      if (depth > DEEPEST) throw this.#fault(`a default at most ${DEEPEST} deep`);
      this.at++;
    } while (depth > 0);
  }

  #string(): void {
    const whole = this.#match(/"(?:[^"\\]|\\[\s\S])*"/y);
    if (whole === null) throw this.#fault("a string that ends with a double quote");
  }

  #space(): void {
    this.#match(/[ \t\r\n]+/y);
  }

  #take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  #fault(expected: string): PlaceholderFault {
    return new PlaceholderFault(this.text, this.at, expected);
  }
}
