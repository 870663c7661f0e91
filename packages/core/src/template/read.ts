import { HeronError } from "../errors.ts";
import { heapFault, joined } from "./heap.ts";
import { inside, textHole, valueHole } from "./holes.ts";
import { DEEPEST, LONGEST_TEMPLATE, MOST_PLACEHOLDERS } from "./limits.ts";
import { checkOptions, ROOTS, type TemplateFault, type TemplateOptions, type Writing } from "./options.ts";
import { nearest } from "./path.ts";
import { type Part, type Placeholder, PlaceholderFault, partsOf } from "./placeholder.ts";
import { type Member, Program } from "./program.ts";

/** A template as it was read. With faults, the program is of no use. */
export interface TemplateRead {
  readonly faults: readonly TemplateFault[];
  readonly program: Program;
}

/** Reads a template once, from the top down, and writes its program as it goes. */
export function read(json: unknown, options: TemplateOptions, writing: Writing): TemplateRead {
  checkOptions(options);
  const reader = new TemplateReader(options, writing);
  const program = new Program();
  reader.value(json, "", 0, program);
  return { faults: reader.faults, program };
}

const MOST_FAULTS = 100;

class TemplateReader {
  readonly faults: TemplateFault[] = [];
  readonly #options: TemplateOptions;
  readonly #writing: Writing;
  readonly #roots: readonly string[];
  #size = 0;
  #placeholders = 0;
  /** Nothing more is read once a limit is passed: what is left may have no end. */
  #stopped = false;

  constructor(options: TemplateOptions, writing: Writing) {
    this.#options = options;
    this.#writing = options.profile === "heap" ? { ...writing, convert: joined } : writing;
    this.#roots = options.roots ?? ROOTS;
  }

  /** Writes a value's program; says whether it may be left out. */
  value(value: unknown, pointer: string, depth: number, out: Program, key = ""): boolean {
    const fault = this.#faultOf(value, depth);
    if (fault !== null) this.#fault(pointer, null, fault.expected, fault.found);
    else if (typeof value === "string") return this.#string(value, pointer, key, out);
    else if (Array.isArray(value)) this.#list(value, pointer, depth, out);
    else if (typeof value === "object" && value !== null) this.#object(value, pointer, depth, out);
    else this.#text(JSON.stringify(value), out);
    return false;
  }

  #faultOf(value: unknown, depth: number): Pick<TemplateFault, "expected" | "found"> | null {
    if (depth > DEEPEST) return { expected: `at most ${DEEPEST} levels of nesting`, found: "one more" };
    if (!isJson(value)) return { expected: "a JSON value", found: kindOf(value) };
    return this.#options.profile === "heap" ? heapFault(value, depth) : null;
  }

  #list(list: readonly unknown[], pointer: string, depth: number, out: Program): void {
    const members: Member[] = [];
    for (let index = 0; index < list.length && !this.#stopped; index++) {
      this.#count(1);
      const program = new Program();
      const omittable = this.value(list[index], `${pointer}/${index}`, depth + 1, program);
      members.push({ program, omittable });
    }
    out.members("[", members, "]");
  }

  #object(object: object, pointer: string, depth: number, out: Program): void {
    const members: Member[] = [];
    for (const [key, value] of Object.entries(object)) {
      if (this.#stopped) return;
      const program = new Program();
      this.#text(`${JSON.stringify(key)}:`, program);
      const omittable = this.value(value, `${pointer}/${escaped(key)}`, depth + 1, program, key);
      members.push({ program, omittable });
    }
    out.members("{", members, "}");
  }

  #string(text: string, pointer: string, key: string, out: Program): boolean {
    this.#count(text.length + 2);
    if (this.#stopped) return false;
    const parts = this.#parts(text, pointer);
    const [first = ""] = parts;
    const whole = parts.length === 1 && typeof first !== "string" && this.#writing.asText === undefined;
    if (whole) {
      out.hole(valueHole(first, this.#options.missing, this.#writing.convert));
      return this.#options.missing === "omit" && first.fallback === undefined;
    }
    out.text('"');
    for (const [i, part] of parts.entries())
      if (typeof part === "string") out.text(inside(part));
      else this.#textHole(part, pointer, this.#textWriter(key, parts, i), out);
    out.text('"');
    return false;
  }

  /** A default is written once for all: one that may not stand there is a fault of the template. */
  #textHole(
    part: Placeholder,
    pointer: string,
    write: ((text: string) => string) | undefined,
    out: Program,
  ): void {
    try {
      out.hole(textHole(part, this.#options.missing, write));
    } catch (error) {
      if (!HeronError.is(error)) throw error;
      this.#fault(pointer, part.at, "a default that may stand here", error.message);
    }
  }

  #textWriter(key: string, parts: readonly Part[], at: number): ((text: string) => string) | undefined {
    if (this.#writing.asText === undefined) return undefined;
    const plain = parts.map((part) => (typeof part === "string" ? part : "\ufffc"));
    return this.#writing.asText(key, plain.slice(0, at).join(""), plain.slice(at + 1).join(""));
  }

  /** The parts of a string, none if it is at fault. */
  #parts(text: string, pointer: string): readonly Part[] {
    try {
      const parts = partsOf(text);
      for (const part of parts)
        if (typeof part !== "string" && !this.#stopped) this.#placeholder(part, text, pointer);
      if (this.#options.profile === "heap" && parts.length > 1)
        this.#fault(pointer, null, "either plain text or one placeholder, as Heap has it", "both");
      return parts;
    } catch (fault) {
      if (!(fault instanceof PlaceholderFault)) throw fault;
      this.#fault(pointer, fault.at, fault.expected, fault.found);
      return [];
    }
  }

  #placeholder({ path, at }: Placeholder, text: string, pointer: string): void {
    const [root = "", next] = path;
    const begin = text.indexOf(root, at);
    if (!this.#roots.includes(root))
      this.#fault(pointer, begin, `a path that begins with ${this.#readable(root)}`, `"${root}"`);
    else if (root === "webhook" && (next !== "id" || path.length > 2))
      this.#fault(pointer, begin, "webhook.id, the one thing of a webhook that can be read", "another path");
    if (++this.#placeholders === MOST_PLACEHOLDERS + 1)
      this.#stop(pointer, `at most ${MOST_PLACEHOLDERS} placeholders`, "more");
  }

  /** The names that a path may begin with, the likest first. */
  #readable(root: string): string {
    const names = nearest(root, this.#roots).map((name) => (name === "webhook" ? "webhook.id" : name));
    return names.length < 2 ? (names[0] ?? "nothing") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  }

  #text(text: string, out: Program): void {
    this.#count(text.length);
    out.text(text);
  }

  #count(units: number): void {
    this.#size += units;
    if (this.#size > LONGEST_TEMPLATE) this.#stop("", `at most ${LONGEST_TEMPLATE / 1024} KiB`, "more");
  }

  #stop(pointer: string, expected: string, found: string): void {
    if (!this.#stopped) this.#fault(pointer, null, expected, found);
    this.#stopped = true;
  }

  #fault(pointer: string, offset: number | null, expected: string, found: string): void {
    this.faults.push({ pointer, offset, expected, found });
    if (this.faults.length >= MOST_FAULTS) this.#stopped = true;
  }
}

/** A key as a step of a JSON Pointer. Source: RFC 6901, section 3. */
function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Whether a value is JSON by itself, whatever it holds. */
function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return value === null || ["string", "boolean", "object"].includes(typeof value);
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  return !("toJSON" in value && typeof value.toJSON === "function");
}

function kindOf(value: unknown): string {
  if (typeof value === "object") return Object.prototype.toString.call(value).slice(8, -1);
  return typeof value === "number" ? String(value) : typeof value;
}
