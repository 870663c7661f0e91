import { HeronError } from "../errors.ts";
import { formatFault, type TemplateFault, type TemplateOptions, type ValueWriters } from "./options.ts";
import { parseTemplate } from "./parse.ts";
import type { TemplateScope } from "./path.ts";
import type { Program } from "./program.ts";

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
  return compileWithWriters(json, options, {});
}

/** The same, for text that is written for something in particular. */
export function compileWithWriters(json: unknown, options: TemplateOptions, writers: ValueWriters): Template {
  const { faults, program } = parseTemplate(json, options, writers);
  if (faults.length > 0) throw new HeronError("template_invalid", formatFaults(faults));
  return new CompiledTemplate(program);
}

/**
 * What is wrong with a template, each fault with its place; nothing if it compiles. For an editor that shows faults
 * while somebody writes.
 * @throws HeronError `option_invalid`
 */
export function validateTemplate(json: unknown, options: TemplateOptions = {}): readonly TemplateFault[] {
  return parseTemplate(json, options, {}).faults;
}

const MAX_REPORTED_FAULTS = 5;

function formatFaults(faults: readonly TemplateFault[]): string {
  const reported = faults.slice(0, MAX_REPORTED_FAULTS).map(formatFault);
  const omittedCount = faults.length - reported.length;
  return `The template cannot be used: ${reported.join("; ")}${omittedCount > 0 ? `; and ${omittedCount} more` : ""}.`;
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
    return this.#program.renderBody(scope);
  }
}
