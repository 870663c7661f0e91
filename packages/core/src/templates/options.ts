import { HeronError } from "../errors.ts";
import { escapeControl, formatValue } from "../text.ts";
import { truncate } from "../truncate.ts";

/** Options of {@link compileTemplate}. */
export interface TemplateOptions {
  /** `"heap"` enforces the limits of Heap's event webhooks, so that the template also works there. */
  readonly profile?: "heap" | undefined;
  /**
   * How to render a missing value without a default: null; omitted, with its key; or an error. Inside other text the
   * first two write nothing. Default `"null"`.
   */
  readonly missing?: "null" | "omit" | "error" | undefined;
  /** The first names of paths. Default: topic, created, id, data, meta, user, webhook (`id` only). */
  readonly roots?: readonly string[] | undefined;
}

/** A fault of a template. */
export interface TemplateFault {
  /** The value's position, as a JSON Pointer (RFC 6901). */
  readonly pointer: string;
  /** The offset in that string, in UTF-16 units; null for the whole value. */
  readonly offset: number | null;
  /** The expected text or value. */
  readonly expected: string;
  /** The text or value found. */
  readonly found: string;
}

/** How to write values, if not as plain JSON. */
export interface ValueWriters {
  /**
   * Selects how to write a placeholder between these texts in the string under `key`; other placeholders are U+FFFC.
   * With it, a placeholder always becomes text, even as the whole string.
   */
  readonly getWriter?: ((key: string, before: string, after: string) => (text: string) => string) | undefined;
  /** Converts a value that is the whole string. */
  readonly convertValue?: ((value: unknown) => unknown) | undefined;
}

/** The default roots. */
export const DEFAULT_ROOTS: readonly string[] = ["topic", "created", "id", "data", "meta", "user", "webhook"];

/** Formats a fault for a message. */
export function formatFault({ pointer, offset, expected, found }: TemplateFault): string {
  const location =
    pointer === ""
      ? "at the top"
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
