import { HeronError } from "../errors.ts";
import { type TemplateFault, type TemplateOptions, type Writing, wordsOf } from "./options.ts";
import type { TemplateScope } from "./path.ts";
import type { Program } from "./program.ts";
import { read } from "./read.ts";

/** A template, compiled once: reads an event and gives the JSON to send. It keeps nothing of what it rendered. */
export interface Template {
  /**
   * The rendered value.
   * @throws HeronError as {@link renderText} does
   */
  render(scope: TemplateScope): unknown;
  /**
   * The JSON to send, compact. The same scope gives the same text, to the byte.
   * @throws HeronError `template_missing` if something is missing and `missing` is `"error"`; `event_too_large` if the
   * text is over 256 KiB; `invalid_event` if the scope holds what JSON cannot.
   */
  renderText(scope: TemplateScope): string;
}

/**
 * Compiles a template: a JSON value whose strings may hold `{{ path }}` or `{{ path ?? default }}`.
 *
 * A path begins with `topic`, `created`, `id`, `data`, `meta`, `user` or `webhook.id`, and goes on with `.name`,
 * `["any key"]` or `[0]`; it reads own properties only. The default, any JSON, stands in for null and for missing. A
 * string that is one placeholder keeps the value's type; inside other text a value becomes text: null nothing, an
 * object JSON. `{{{{` is a plain `{{`. Keys stay as they are.
 * @throws HeronError `template_invalid`, its message naming each fault's place as a JSON Pointer (RFC 6901);
 * `option_invalid`
 */
export function compileTemplate(json: unknown, options: TemplateOptions = {}): Template {
  return compileFor(json, options, {});
}

/** The same, for text that is written for something in particular. */
export function compileFor(json: unknown, options: TemplateOptions, writing: Writing): Template {
  const { faults, program } = read(json, options, writing);
  if (faults.length > 0) throw new HeronError("template_invalid", inWords(faults));
  return new CompiledTemplate(program);
}

/**
 * What is wrong with a template, each fault with its place; nothing if it compiles. For an editor that shows faults
 * while somebody writes.
 * @throws HeronError `option_invalid`
 */
export function validateTemplate(json: unknown, options: TemplateOptions = {}): readonly TemplateFault[] {
  return read(json, options, {}).faults;
}

const MOST_TOLD = 5;

function inWords(faults: readonly TemplateFault[]): string {
  const told = faults.slice(0, MOST_TOLD).map(wordsOf);
  const more = faults.length - told.length;
  return `The template cannot be used: ${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}

class CompiledTemplate implements Template {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  render(scope: TemplateScope): unknown {
    // Parsing defines keys and never assigns them: no value, and no key, reaches a prototype.
    return JSON.parse(this.renderText(scope));
  }

  renderText(scope: TemplateScope): string {
    return this.#program.body(scope);
  }
}
