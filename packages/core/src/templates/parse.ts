import { HeronError } from "../errors.ts";
import { findHeapFault, toHeapValue } from "./heap.ts";
import { MAX_DEPTH, MAX_PLACEHOLDERS, MAX_TEMPLATE_LENGTH } from "./limits.ts";
import {
  assertTemplateOptions,
  DEFAULT_ROOTS,
  type TemplateFault,
  type TemplateOptions,
  type ValueWriters,
} from "./options.ts";
import { findNearestNames } from "./path.ts";
import { type Placeholder, PlaceholderError, parseTemplateString, type TemplatePart } from "./placeholder.ts";
import { Program, type ProgramMember } from "./program.ts";
import { createTextSlot, createValueSlot, escapeJsonText } from "./slots.ts";

/** A parsed template. With faults, do not use the program. */
export interface ParsedTemplate {
  readonly faults: readonly TemplateFault[];
  readonly program: Program;
}

/** Parses a template in one pass and creates its program. */
export function parseTemplate(
  json: unknown,
  options: TemplateOptions,
  writers: ValueWriters,
): ParsedTemplate {
  assertTemplateOptions(options);
  const parser = new TemplateParser(options, writers);
  const program = new Program();
  parser.parseValue(json, "", 0, program);
  return { faults: parser.faults, program };
}

const MAX_FAULTS = 100;

class TemplateParser {
  readonly faults: TemplateFault[] = [];
  readonly #options: TemplateOptions;
  readonly #writers: ValueWriters;
  readonly #roots: readonly string[];
  #size = 0;
  #placeholderCount = 0;
  /** Stops at a limit: the rest may be endless. */
  #isStopped = false;

  constructor(options: TemplateOptions, writers: ValueWriters) {
    this.#options = options;
    this.#writers = options.profile === "heap" ? { ...writers, convertValue: toHeapValue } : writers;
    this.#roots = options.roots ?? DEFAULT_ROOTS;
  }

  /** Writes a value's program. Returns whether it can be omitted. */
  parseValue(value: unknown, pointer: string, depth: number, out: Program, key = ""): boolean {
    const fault = this.#findFault(value, depth);
    if (fault !== null) this.#addFault(pointer, null, fault.expected, fault.found);
    else if (typeof value === "string") return this.#parseString(value, pointer, key, out);
    else if (Array.isArray(value)) this.#parseList(value, pointer, depth, out);
    else if (typeof value === "object" && value !== null) this.#parseObject(value, pointer, depth, out);
    else this.#addText(JSON.stringify(value), out);
    return false;
  }

  #findFault(value: unknown, depth: number): Pick<TemplateFault, "expected" | "found"> | null {
    if (depth > MAX_DEPTH) return { expected: `at most ${MAX_DEPTH} levels of nesting`, found: "one more" };
    if (!isJson(value)) return { expected: "a JSON value", found: getKind(value) };
    return this.#options.profile === "heap" ? findHeapFault(value, depth) : null;
  }

  #parseList(list: readonly unknown[], pointer: string, depth: number, out: Program): void {
    const members: ProgramMember[] = [];
    for (let index = 0; index < list.length && !this.#isStopped; index++) {
      this.#addSize(1);
      const program = new Program();
      const isOmittable = this.parseValue(list[index], `${pointer}/${index}`, depth + 1, program);
      members.push({ program, isOmittable });
    }
    out.addMembers("[", members, "]");
  }

  #parseObject(object: object, pointer: string, depth: number, out: Program): void {
    const members: ProgramMember[] = [];
    for (const [key, value] of Object.entries(object)) {
      if (this.#isStopped) return;
      const program = new Program();
      this.#addText(`${JSON.stringify(key)}:`, program);
      const isOmittable = this.parseValue(value, `${pointer}/${escapePointer(key)}`, depth + 1, program, key);
      members.push({ program, isOmittable });
    }
    out.addMembers("{", members, "}");
  }

  #parseString(text: string, pointer: string, key: string, out: Program): boolean {
    this.#addSize(text.length + 2);
    if (this.#isStopped) return false;
    const parts = this.#parseParts(text, pointer);
    const [first = ""] = parts;
    const isWholePlaceholder =
      parts.length === 1 && typeof first !== "string" && this.#writers.getWriter === undefined;
    if (isWholePlaceholder) {
      out.addSlot(createValueSlot(first, this.#options.missing, this.#writers.convertValue));
      return this.#options.missing === "omit" && first.defaultValue === undefined;
    }
    out.addText('"');
    for (const [i, part] of parts.entries())
      if (typeof part === "string") out.addText(escapeJsonText(part));
      else this.#addTextSlot(part, pointer, this.#getWriter(key, parts, i), out);
    out.addText('"');
    return false;
  }

  /** A default is rendered at compile time, so an invalid one is a fault of the template. */
  #addTextSlot(
    placeholder: Placeholder,
    pointer: string,
    write: ((text: string) => string) | undefined,
    out: Program,
  ): void {
    try {
      out.addSlot(createTextSlot(placeholder, this.#options.missing, write));
    } catch (error) {
      if (!HeronError.is(error)) throw error;
      this.#addFault(pointer, placeholder.offset, "a default that is valid here", error.message);
    }
  }

  #getWriter(
    key: string,
    parts: readonly TemplatePart[],
    index: number,
  ): ((text: string) => string) | undefined {
    if (this.#writers.getWriter === undefined) return undefined;
    const partTexts = parts.map((part) => (typeof part === "string" ? part : "\ufffc"));
    return this.#writers.getWriter(
      key,
      partTexts.slice(0, index).join(""),
      partTexts.slice(index + 1).join(""),
    );
  }

  /** The parts of a string; none after a fault. */
  #parseParts(text: string, pointer: string): readonly TemplatePart[] {
    try {
      const parts = parseTemplateString(text);
      for (const part of parts)
        if (typeof part !== "string" && !this.#isStopped) this.#checkPlaceholder(part, text, pointer);
      if (this.#options.profile === "heap" && parts.length > 1)
        this.#addFault(pointer, null, "plain text or one placeholder, as in Heap", "both");
      return parts;
    } catch (fault) {
      if (!(fault instanceof PlaceholderError)) throw fault;
      this.#addFault(pointer, fault.offset, fault.expected, fault.found);
      return [];
    }
  }

  #checkPlaceholder({ path, offset }: Placeholder, text: string, pointer: string): void {
    const [root = "", next] = path;
    const rootOffset = text.indexOf(root, offset);
    if (!this.#roots.includes(root))
      this.#addFault(
        pointer,
        rootOffset,
        `a path that begins with ${this.#formatReadableRoots(root)}`,
        `"${root}"`,
      );
    else if (root === "webhook" && (next !== "id" || path.length > 2))
      this.#addFault(pointer, rootOffset, "webhook.id, the only readable property", "another path");
    if (++this.#placeholderCount === MAX_PLACEHOLDERS + 1)
      this.#stop(pointer, `at most ${MAX_PLACEHOLDERS} placeholders`, "more");
  }

  /** The roots, most similar first. */
  #formatReadableRoots(root: string): string {
    const names = findNearestNames(root, this.#roots).map((name) =>
      name === "webhook" ? "webhook.id" : name,
    );
    return names.length < 2 ? (names[0] ?? "nothing") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  }

  #addText(text: string, out: Program): void {
    this.#addSize(text.length);
    out.addText(text);
  }

  #addSize(length: number): void {
    this.#size += length;
    if (this.#size > MAX_TEMPLATE_LENGTH) this.#stop("", `at most ${MAX_TEMPLATE_LENGTH / 1024} KiB`, "more");
  }

  #stop(pointer: string, expected: string, found: string): void {
    if (!this.#isStopped) this.#addFault(pointer, null, expected, found);
    this.#isStopped = true;
  }

  #addFault(pointer: string, offset: number | null, expected: string, found: string): void {
    this.faults.push({ pointer, offset, expected, found });
    if (this.faults.length >= MAX_FAULTS) this.#isStopped = true;
  }
}

/** Escapes a key for a JSON Pointer. Source: RFC 6901, section 3. */
function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Whether a value is JSON, regardless of nested values. */
function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return value === null || ["string", "boolean", "object"].includes(typeof value);
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  return !("toJSON" in value && typeof value.toJSON === "function");
}

function getKind(value: unknown): string {
  if (typeof value === "object") return Object.prototype.toString.call(value).slice(8, -1);
  return typeof value === "number" ? String(value) : typeof value;
}
