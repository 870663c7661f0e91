import { HeronError } from "../errors.ts";
import { formatFault, type TemplateFault, type TemplateOptions, type ValueWriters } from "./options.ts";
import { parseTemplate } from "./parse.ts";
import type { TemplateScope } from "./path.ts";
import type { Program } from "./program.ts";

/** A compiled template. Renders JSON from a scope; keeps no state between renderings. */
export interface Template {
  /**
   * Renders to a value.
   * @throws HeronError as {@link renderText} does
   */
  render(scope: TemplateScope): unknown;
  /**
   * Renders to compact JSON. The same scope gives the same bytes.
   * @throws HeronError `template_missing` for a missing value if `missing` is `"error"`; `event_too_large` over 256 KiB;
   * `invalid_event` for a value without JSON
   */
  renderText(scope: TemplateScope): string;
}

/**
 * Compiles a template: a JSON value whose strings can contain `{{ path }}` or `{{ path ?? default }}`.
 *
 * A path begins with `topic`, `created`, `id`, `data`, `meta`, `user` or `webhook.id`, and continues with `.name`,
 * `["any key"]` or `[0]`; it reads own properties only. The default, any JSON, replaces null and missing values. A
 * string that is one placeholder keeps the value's type; inside other text a value becomes text: null is empty, an
 * object is JSON. `{{{{` is a literal `{{`. Keys are not rendered.
 * @throws HeronError `template_invalid`, with each fault's JSON Pointer (RFC 6901) in the message; `option_invalid`
 */
export function compileTemplate(json: unknown, options: TemplateOptions = {}): Template {
  return compileWithWriters(json, options, {});
}

/** As {@link compileTemplate}, with writers for the values. */
export function compileWithWriters(json: unknown, options: TemplateOptions, writers: ValueWriters): Template {
  const { faults, program } = parseTemplate(json, options, writers);
  if (faults.length > 0) throw new HeronError("template_invalid", formatFaults(faults));
  return new CompiledTemplate(program);
}

/**
 * The faults of a template with their positions; empty if it compiles. For editors.
 * @throws HeronError `option_invalid`
 */
export function validateTemplate(json: unknown, options: TemplateOptions = {}): readonly TemplateFault[] {
  return parseTemplate(json, options, {}).faults;
}

const MAX_REPORTED_FAULTS = 5;

function formatFaults(faults: readonly TemplateFault[]): string {
  const reported = faults.slice(0, MAX_REPORTED_FAULTS).map(formatFault);
  const omittedCount = faults.length - reported.length;
  return `Invalid template: ${reported.join("; ")}${omittedCount > 0 ? `; and ${omittedCount} more` : ""}.`;
}

class CompiledTemplate implements Template {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  render(scope: TemplateScope): unknown {
    // JSON.parse defines keys rather than assigning them, so no key reaches a prototype.
    return JSON.parse(this.renderText(scope));
  }

  renderText(scope: TemplateScope): string {
    return this.#program.renderBody(scope);
  }
}
