/**
 * Slack's rich text, which is made of sections, lists, quotes and preformatted text.
 * @module
 */
import {
  anything,
  boolean,
  type Check,
  integer,
  isOneOf,
  list,
  object,
  type Properties,
  required,
  string,
  typed,
} from "./shapes.ts";

const style = object({
  bold: boolean,
  code: boolean,
  italic: boolean,
  strike: boolean,
  underline: boolean,
  highlight: boolean,
  client_highlight: boolean,
  unlink: boolean,
});

const link: Properties = { url: required(string(3000)), text: string(), unsafe: boolean, style };
const words: Properties = { text: required(string()), style };

const inline: Check = typed({
  broadcast: { range: required(isOneOf("here", "channel", "everyone")), style },
  color: { value: required(string()), style },
  channel: { channel_id: required(string()), style },
  date: {
    timestamp: required(integer(0, Number.MAX_SAFE_INTEGER)),
    format: required(string()),
    url: string(),
    fallback: string(),
    style,
  },
  emoji: { name: required(string()), unicode: string(), url: string(), style },
  link,
  team: { team_id: required(string()), style },
  text: words,
  user: { user_id: required(string()), style },
  usergroup: { usergroup_id: required(string()), style },
});

const section: Properties = { elements: required(list(inline, 0)) };
const border = integer(0, 1);

/** Of a `rich_text` block, besides its `block_id`. */
export const richTextProperties: Properties = {
  elements: required(
    list(
      typed({
        rich_text_section: section,
        rich_text_list: {
          style: required(isOneOf("bullet", "ordered")),
          elements: required(list(typed({ rich_text_section: section }), 1)),
          indent: integer(0, 8),
          offset: integer(0, 1000),
          border,
        },
        rich_text_quote: { ...section, border },
        rich_text_preformatted: {
          elements: required(list(typed({ text: words, link }), 0)),
          border,
          language: string(),
        },
      }),
      1,
    ),
  ),
};

/** A rich text in a cell or a task, which may have an id as a block does. */
export const richText: Check = typed({ rich_text: { ...richTextProperties, block_id: anything } });
