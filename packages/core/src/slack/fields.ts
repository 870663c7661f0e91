import { truncate } from "../truncate.ts";
import { escapeSlack } from "./escape.ts";
import { toJsonText } from "./json-text.ts";
import { formatSlackLink } from "./link.ts";
import { truncateMrkdwn } from "./truncate-mrkdwn.ts";

/** A field of an event's data: its name in words, and its value as unescaped text. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

const MAX_FIELDS = 200;
const MAX_DEPTH = 3;

/**
 * Lists the fields of an event's data: nested objects by joined names, lists of plain values joined, other lists
 * counted. Omits null and empty values.
 */
export function toFields(data: unknown): readonly Field[] {
  const fields: Field[] = [];
  collectFields(data, [], fields);
  return fields;
}

function collectFields(value: unknown, path: readonly string[], fields: Field[]): void {
  if (fields.length >= MAX_FIELDS) return;
  if (typeof value === "object" && value !== null && !Array.isArray(value) && path.length < MAX_DEPTH) {
    for (const [key, child] of Object.entries(value)) collectFields(child, [...path, key], fields);
    return;
  }
  const text = toFieldText(value);
  if (text !== "") fields.push({ name: humanize(path.join(" ")) || "Data", value: text });
}

function toFieldText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value).trim();
  if (!Array.isArray(value)) return toJsonText(value);
  if (value.every((item) => typeof item !== "object" || item === null))
    return value
      .map(toFieldText)
      .filter((text) => text !== "")
      .join(", ");
  return value.length === 1 ? "1 item" : `${value.length} items`;
}

const ABBREVIATIONS: ReadonlySet<string> = new Set(["id", "url", "api", "pdf", "iso", "ip", "sha"]);

/** Converts a key or topic to words: `end_user.review_required` is "End user review required", `runUrl` "Run URL". */
export function humanize(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter((word) => word !== "")
    .map((word) => (ABBREVIATIONS.has(word.toLowerCase()) ? word.toUpperCase() : word.toLowerCase()));
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const MAX_LINK_LENGTH = 1500;

/**
 * Converts a value to mrkdwn: an https URL to a link without its scheme, never truncated; other text escaped and
 * truncated.
 */
export function toMrkdwn(value: string, maxLength: number): string {
  const linkText = value.slice("https://".length);
  const link = formatSlackLink(value, linkText.length > 60 ? `${truncate(linkText, 59)}…` : linkText);
  return link !== null && link.length <= MAX_LINK_LENGTH
    ? link
    : truncateMrkdwn(escapeSlack(value), maxLength);
}
