import { HeronError } from "../errors.ts";
import { escapeSlack } from "./escape.ts";

/**
 * A link in mrkdwn, in whose text a bar is a broken one, since `|` begins it; null for what is no https URL: between
 * `<` and `>` it might be a mention.
 */
export function linkTo(url: string, text: string): string | null {
  if (!/^https:\/\/[^\s<>|]+$/.test(url)) return null;
  return `<${escapeSlack(url)}|${linkText(text)}>`;
}

/**
 * How a value is written that stands between these texts of a template. Between `<` and `>` Slack reads links and
 * mentions, so there a value must be a URL where the URL begins, cannot end it further on, and is plain text behind `|`.
 * Elsewhere it is escaped.
 */
export function valueBetween(before: string, after: string): (text: string) => string {
  const open = before.lastIndexOf("<");
  if (open <= before.lastIndexOf(">") || !after.includes(">")) return escapeSlack;
  const begun = before.slice(open + 1);
  if (begun === "") return wholeUrl;
  // The author's own mention or date: a value in it is what it is about, and cannot add to it.
  return begun.includes("|") || /^[@#!]/.test(begun) ? linkText : partOfUrl;
}

function linkText(text: string): string {
  return escapeSlack(text).replaceAll("|", "¦");
}

function partOfUrl(text: string): string {
  return escapeSlack(text.toWellFormed().replace(/[\s|<>]/g, encodeURIComponent));
}

/** @throws HeronError `url_invalid` */
function wholeUrl(text: string): string {
  if (/^(?:https?:\/\/|mailto:)[^\s<>|]+$/.test(text)) return escapeSlack(text);
  throw new HeronError(
    "url_invalid",
    "In the Slack message, a placeholder right behind < must come out as a URL: Slack would take anything else for a mention.",
  );
}
