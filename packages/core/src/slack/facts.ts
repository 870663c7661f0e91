import { cut } from "../cut.ts";
import { escapeSlack } from "./escape.ts";
import { jsonText } from "./json-text.ts";
import { linkTo } from "./link.ts";
import { shorten } from "./shorten.ts";

/** A fact of an event's data: its name in words, and its value as text, not escaped. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

const MOST_FACTS = 200;
const DEEPEST = 3;

/**
 * The facts of an event's data as a reader would list them: what an object holds, objects within it by both names, a
 * list of plain values joined, any other list counted. Nothing is said of null and of what is empty.
 */
export function factsOf(data: unknown): readonly Fact[] {
  const facts: Fact[] = [];
  gather(data, [], facts);
  return facts;
}

function gather(value: unknown, path: readonly string[], facts: Fact[]): void {
  if (facts.length >= MOST_FACTS) return;
  if (typeof value === "object" && value !== null && !Array.isArray(value) && path.length < DEEPEST) {
    for (const [key, inner] of Object.entries(value)) gather(inner, [...path, key], facts);
    return;
  }
  const text = textOf(value);
  if (text !== "") facts.push({ name: inWords(path.join(" ")) || "Data", value: text });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value).trim();
  if (!Array.isArray(value)) return jsonText(value);
  if (value.every((item) => typeof item !== "object" || item === null))
    return value
      .map(textOf)
      .filter((text) => text !== "")
      .join(", ");
  return value.length === 1 ? "1 item" : `${value.length} items`;
}

const ABBREVIATIONS: ReadonlySet<string> = new Set(["id", "url", "api", "pdf", "iso", "ip", "sha"]);

/** A key or topic in words: `end_user.review_required` is "End user review required", `runUrl` "Run URL". */
export function inWords(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter((word) => word !== "")
    .map((word) => (ABBREVIATIONS.has(word.toLowerCase()) ? word.toUpperCase() : word.toLowerCase()));
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const LONGEST_LINK = 1500;

/**
 * A value as mrkdwn: an https URL as a link, which shows without its scheme and is whole or none; anything else
 * escaped, and shortened to `most`.
 */
export function asMrkdwn(value: string, most: number): string {
  const shown = value.slice("https://".length);
  const link = linkTo(value, shown.length > 60 ? `${cut(shown, 59)}…` : shown);
  return link !== null && link.length <= LONGEST_LINK ? link : shorten(escapeSlack(value), most);
}
