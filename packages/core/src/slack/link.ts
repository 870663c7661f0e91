import { HeronError } from "../errors.ts";
import { escapeSlack } from "./escape.ts";

/**
 * Formats a link in mrkdwn; null unless the URL is https, since other text between `<` and `>` could be a mention.
 * Replaces `|` in its text by `¦`.
 */
export function formatSlackLink(url: string, text: string): string | null {
  if (!/^https:\/\/[^\s<>|]+$/.test(url)) return null;
  return `<${escapeSlack(url)}|${escapeLinkText(text)}>`;
}

/**
 * Selects how to write a placeholder between these texts of a template. Slack reads links and mentions between `<` and
 * `>`: right behind `<` a value must be a URL, inside the URL it cannot end it, behind `|` it is plain text. Elsewhere it
 * is escaped.
 */
export function getValueEscaper(before: string, after: string): (text: string) => string {
  const linkOpen = before.lastIndexOf("<");
  if (linkOpen <= before.lastIndexOf(">") || !after.includes(">")) return escapeSlack;
  const linkStart = before.slice(linkOpen + 1);
  if (linkStart === "") return escapeWholeUrl;
  // A mention or date by the template's author: a value inside it cannot extend it.
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
    "In the Slack message, a placeholder right behind < must render to a URL: Slack reads other text as a mention.",
  );
}
