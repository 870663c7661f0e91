import { truncate } from "../truncate.ts";

const HTML_ENTITY = /&(?:amp|lt|gt);/y;

/**
 * Truncates mrkdwn with an ellipsis. Never cuts inside an entity (`&amp;`), a surrogate pair, or `<…>`, such as a link.
 */
export function truncateMrkdwn(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let truncated = truncate(text, maxLength - 1);
  const ampersand = truncated.lastIndexOf("&");
  HTML_ENTITY.lastIndex = ampersand;
  const entity = ampersand === -1 ? null : HTML_ENTITY.exec(text);
  if (entity !== null && ampersand + entity[0].length > truncated.length)
    truncated = truncated.slice(0, ampersand);
  const linkOpen = truncated.lastIndexOf("<");
  if (linkOpen > truncated.lastIndexOf(">") && text.includes(">", linkOpen))
    truncated = truncated.slice(0, linkOpen);
  return `${truncated}…`;
}
