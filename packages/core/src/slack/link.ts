import { HeronError } from "../errors.ts";
import { escapeSlack } from "./escape.ts";

/**
 * A link in mrkdwn, in whose text a bar is a broken one, since `|` begins it; null for what is no https URL: between
 * `<` and `>` it might be a mention.
 */
export function formatSlackLink(url: string, text: string): string | null {
  if (!/^https:\/\/[^\s<>|]+$/.test(url)) return null;
  return `<${escapeSlack(url)}|${escapeLinkText(text)}>`;
}

/**
 * How a value is written that stands between these texts of a template. Between `<` and `>` Slack reads links and
 * mentions, so there a value must be a URL where the URL begins, cannot end it further on, and is plain text behind `|`.
 * Elsewhere it is escaped.
 */
export function getValueEscaper(before: string, after: string): (text: string) => string {
  const linkOpen = before.lastIndexOf("<");
  if (linkOpen <= before.lastIndexOf(">") || !after.includes(">")) return escapeSlack;
  const linkStart = before.slice(linkOpen + 1);
  if (linkStart === "") return escapeWholeUrl;
  // The author's own mention or date: a value in it is what it is about, and cannot add to it.
  return linkStart.includes("|") || /^[@#!]/.test(linkStart) ? escapeLinkText : escapeUrlPart;
}

function escapeLinkText(text: string): string {
  return escapeSlack(text).replaceAll("|", "¦");
}

function escapeUrlPart(text: string): string {
  return escapeSlack(text.toWellFormed().replace(/[\s|<>]/g, encodeURIComponent));
}

/** @throws HeronError `url_invalid` */
function escapeWholeUrl(text: string): string {
  if (/^(?:https?:\/\/|mailto:)[^\s<>|]+$/.test(text)) return escapeSlack(text);
  throw new HeronError(
    "url_invalid",
    "In the Slack message, a placeholder right behind < must come out as a URL: Slack would take anything else for a mention.",
  );
}
