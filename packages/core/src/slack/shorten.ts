import { cut } from "../cut.ts";

const ENTITY = /&(?:amp|lt|gt);/y;

/**
 * Text of Slack's brought down to `most` UTF-16 units, an ellipsis at its end; never cut within an entity (`&amp;`), a
 * surrogate pair, or what stands between `<` and `>`, such as a link.
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = cut(text, most - 1);
  const ampersand = kept.lastIndexOf("&");
  ENTITY.lastIndex = ampersand;
  const entity = ampersand === -1 ? null : ENTITY.exec(text);
  if (entity !== null && ampersand + entity[0].length > kept.length) kept = kept.slice(0, ampersand);
  const open = kept.lastIndexOf("<");
  if (open > kept.lastIndexOf(">") && text.includes(">", open)) kept = kept.slice(0, open);
  return `${kept}…`;
}
