import { HeronError } from "../errors.ts";
import { escapeControl, formatValue } from "../text.ts";
import { truncate } from "../truncate.ts";

/** What {@link compileTemplate} takes beside the template. */
export interface TemplateOptions {
  /** Holds the template to the limits of Heap's event webhooks, so that it would work there too. */
  readonly profile?: "heap" | undefined;
  /**
   * What becomes of a placeholder that finds nothing and has no default: JSON's null; left out, with its key; or an
   * error. Inside other text the first two write nothing. Default `"null"`.
   */
  readonly missing?: "null" | "omit" | "error" | undefined;
  /** The names that a path may begin with. Default: topic, created, id, data, meta, user, webhook (of which `id` alone). */
  readonly roots?: readonly string[] | undefined;
}

/** What is wrong with a template, and where. */
export interface TemplateFault {
  /** The value's place in the template, as a JSON Pointer (RFC 6901). */
  readonly pointer: string;
  /** Where in that string, from 0, in UTF-16 units; null if it is the value as a whole. */
  readonly offset: number | null;
  /** What should be there. */
  readonly expected: string;
  /** What is. */
  readonly found: string;
}

/** How a template's values are written, where it is not plainly as JSON. */
export interface ValueWriters {
  /**
   * How a placeholder is written that stands between these texts, in the string under this key; one that stood there
   * before is U+FFFC. With it, a placeholder always becomes text, even when it is the whole string.
   */
  readonly getTextWriter?:
    | ((key: string, before: string, after: string) => (text: string) => string)
    | undefined;
  /** Changes a value before it is written in a place of its own. */
  readonly convertValue?: ((value: unknown) => unknown) | undefined;
}

/** The names that a template may read unless others are given. */
export const DEFAULT_ROOTS: readonly string[] = ["topic", "created", "id", "data", "meta", "user", "webhook"];

/** A fault as a line of a message. */
export function formatFault({ pointer, offset, expected, found }: TemplateFault): string {
  const location =
    pointer === ""
      ? "at its top"
      : `at ${escapeControl(JSON.stringify(truncate(pointer, 200))).slice(1, -1)}`;
  return `${location}${offset === null ? "" : `, character ${offset + 1}`}: expected ${expected}, found ${found}`;
}

/** @throws HeronError `option_invalid` */
export function assertTemplateOptions({ profile, missing }: TemplateOptions): void {
  if (profile !== undefined && profile !== "heap")
    throw new HeronError(
      "option_invalid",
      `profile must be "heap" or left out; it is ${formatValue(profile)}.`,
    );
  if (missing !== undefined && !["null", "omit", "error"].includes(missing))
    throw new HeronError(
      "option_invalid",
      `missing must be "null", "omit" or "error"; it is ${formatValue(missing)}.`,
    );
}
