import { HeronError } from "../errors.ts";
import { compileWithWriters, type Template } from "../templates/compile.ts";
import type { TemplateOptions } from "../templates/options.ts";
import type { TemplateScope } from "../templates/path.ts";
import { formatValue } from "../text.ts";
import { isObject } from "./blocks.ts";
import { limitMessage } from "./limits.ts";
import { getValueEscaper } from "./link.ts";
import type { SlackObject } from "./types.ts";
import { flattenVariables } from "./workflow.ts";

/** Options of {@link compileSlackTemplate}. */
export interface SlackTemplateOptions extends Pick<TemplateOptions, "roots"> {
  /** A missing value writes nothing (`"null"`) or throws (`"error"`). Default `"null"`. */
  readonly missing?: "null" | "error" | undefined;
  /** For a workflow's trigger: flattens the rendered object and escapes nothing. Default `false`. */
  readonly workflow?: boolean | undefined;
}

/** A compiled template of a Slack message. */
export interface SlackTemplate extends Template {
  render(scope: TemplateScope): SlackObject;
}

/** Keys that an incoming webhook cannot set, or that turn names in values into mentions. */
const FORBIDDEN_KEYS: Readonly<Record<string, string>> = {
  channel: "a Slack webhook posts to its own channel only",
  link_names: "it turns names in values into mentions",
  parse: "it turns text in values into mentions and links",
};

/**
 * Compiles a Slack message: text, or an object with `text`, `blocks` or `attachments`.
 *
 * A placeholder always becomes escaped text. In `url` and `image_url` (and an attachment's `title_link` and `thumb_url`)
 * it is not escaped: the result must be an https URL of at most 3,000 characters. Right behind `<`, where Slack reads
 * links and mentions, it must render to a URL. The rendered message keeps all of Slack's limits.
 * @throws HeronError `template_invalid`, `option_invalid`; when rendering also `url_invalid`
 */
export function compileSlackTemplate(json: unknown, options: SlackTemplateOptions = {}): SlackTemplate {
  const { workflow = false, ...rest } = options;
  const message = typeof json === "string" ? { text: json } : json;
  if (!isObject(message))
    throw new HeronError(
      "template_invalid",
      `Invalid template: at the top: expected text, or an object with text, blocks or attachments, found ${formatValue(json)}.`,
    );
  if (workflow)
    return new CompiledSlackTemplate(
      compileWithWriters(message, rest, { getWriter: () => identity }),
      flattenVariables,
    );
  for (const [key, reason] of Object.entries(FORBIDDEN_KEYS))
    if (Object.hasOwn(message, key))
      throw new HeronError("template_invalid", `Invalid template: at /${key}: leave it out, ${reason}.`);
  const compiled = compileWithWriters(message, rest, {
    getWriter: (key, before, after) => (isUrlKey(key) ? identity : getValueEscaper(before, after)),
  });
  return new CompiledSlackTemplate(compiled, (rendered, scope) => {
    assertUrls(rendered);
    return limitMessage(rendered, String(("topic" in scope && scope.topic) || ""));
  });
}

class CompiledSlackTemplate implements SlackTemplate {
  readonly #template: Template;
  readonly #finalize: (rendered: SlackObject, scope: TemplateScope) => SlackObject;

  constructor(template: Template, finalize: (rendered: SlackObject, scope: TemplateScope) => SlackObject) {
    this.#template = template;
    this.#finalize = finalize;
  }

  render(scope: TemplateScope): SlackObject {
    return this.#finalize(this.#template.render(scope) as SlackObject, scope);
  }

  renderText(scope: TemplateScope): string {
    return JSON.stringify(this.render(scope));
  }
}

const MAX_URL_LENGTH = 3000;

const URL_KEYS: ReadonlySet<string> = new Set(["url", "image_url", "thumb_url", "title_link"]);

function isUrlKey(key: string): boolean {
  return URL_KEYS.has(key);
}

function identity(text: string): string {
  return text;
}

/** @throws HeronError `url_invalid` for a URL key without an https URL, for which Slack rejects the whole message. */
function assertUrls(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (!isUrlKey(key) || typeof child !== "string") assertUrls(child);
    else if (!child.startsWith("https://") || !URL.canParse(child) || child.length > MAX_URL_LENGTH)
      throw new HeronError(
        "url_invalid",
        `In the Slack message, ${key} must render to an https URL of at most ${MAX_URL_LENGTH} characters.`,
      );
  }
}
