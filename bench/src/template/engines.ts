import { compileTemplate } from "@heron-webhooks/core/templates";
import Handlebars from "handlebars";
import { Liquid } from "liquidjs";
import Mustache from "mustache";
import { json, text } from "./json.ts";
import type { Scope } from "./scopes.ts";
import { listPaths, translatePlaceholders } from "./translate-placeholders.ts";

/** A template, compiled or parsed once, by whichever engine. */
export type Renderer = (scope: Scope) => string;

/** An engine, by what it makes of a template in Heron's spelling. */
export interface Engine {
  readonly name: string;
  readonly compile: (template: unknown, example: Scope) => Renderer;
}

export const OURS: Engine = { name: "heron", compile: heron };

/** Ours a second time, compiled anew: how far the figures can be trusted. */
export const OURS_AGAIN: Engine = { name: "heron again (A/A)", compile: heron };

export const COMPETITORS: readonly Engine[] = [
  { name: "handlebars", compile: handlebars },
  { name: "mustache", compile: mustache },
  { name: "liquidjs", compile: liquid },
];

function heron(template: unknown): Renderer {
  const compiled = compileTemplate(template);
  return (scope) => compiled.renderText(scope);
}

/** With all that it may know beforehand, which spares it looking for helpers and for data of its own. */
function handlebars(template: unknown): Renderer {
  const engine = Handlebars.create();
  engine.registerHelper({ json, text });
  const name = (path: string): string => path.replaceAll("[", ".[");
  const source = translatePlaceholders(template, {
    value: (path) => `{{{json ${name(path)}}}}`,
    text: (path) => `{{{text ${name(path)}}}}`,
    // Four closing braces mean something else to it; a comment between leaves no trace.
  }).replaceAll("}}}}", "}}}{{!}}}");
  const compiled = engine.compile<Scope>(source, {
    noEscape: true,
    data: false,
    knownHelpers: { json: true, text: true },
    knownHelpersOnly: true,
  });
  return (scope) => compiled(scope);
}

/**
 * Its one way to write a value is the escape function, so whoever writes the template has to know which values are
 * text, and put the quotes there. Tokens are rendered rather than the source: it would be looked up by its text.
 */
function mustache(template: unknown, example: Scope): Renderer {
  const isText = listPaths(example);
  const name = (path: string): string => path.replace(/\[(\d+)\]/g, ".$1");
  const source = translatePlaceholders(template, {
    value: (path) => (isText(path) ? `"{{${name(path)}}}"` : `{{${name(path)}}}`),
    text: (path) => `{{${name(path)}}}`,
  });
  const writer = new Mustache.Writer();
  const tokens = writer.parse(source);
  const config = { escape: text };
  return (scope) => writer.renderTokens(tokens, new Mustache.Context(scope), undefined, source, config);
}

/** With filters of its own: the `json` that it has calls a function for every value inside of another. */
function liquid(template: unknown): Renderer {
  const engine = new Liquid();
  engine.registerFilter("json", json);
  engine.registerFilter("text", text);
  const source = translatePlaceholders(template, {
    value: (path) => `{{ ${path} | json }}`,
    text: (path) => `{{ ${path} | text }}`,
  });
  const parsed = engine.parse(source);
  return (scope) => engine.renderSync(parsed, scope) as string;
}
