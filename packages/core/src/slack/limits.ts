import { isObject, LONGEST_HEADER, objectsIn, textWithin, withinLimits } from "./blocks.ts";
import { escapeSlack } from "./escape.ts";
import { inWords } from "./facts.ts";
import type { SlackMessage, SlackObject } from "./types.ts";

// Source: Slack, "Block Kit", "Sending messages using incoming webhooks", "Truncating really long messages".
const MOST_BLOCKS = 50;
const MOST_ATTACHMENTS = 100;
const LONGEST_MESSAGE_TEXT = 40_000;
const LONGEST_BLOCK_ID = 255;
const LONGEST_MARKDOWN = 12_000;

/**
 * The message within all of Slack's limits: texts are shortened with an ellipsis, lists cut and the rest counted, and
 * what would be empty is left out, since Slack refuses a whole message for any of these. Every mrkdwn is made
 * `verbatim`; nothing chooses a channel or turns names into mentions.
 */
export function keepLimits(message: SlackObject, topic: string): SlackMessage {
  const { channel: _, link_names: __, parse: ___, text, blocks, attachments, ...rest } = message;
  const pass = new Pass();
  const kept = pass.blocks(blocks);
  const hung = pass.attachments(attachments);
  return verbatim({
    ...rest,
    text: textWithin(text, LONGEST_MESSAGE_TEXT) || named(topic),
    ...(kept.length === 0 ? {} : { blocks: kept }),
    ...(hung.length === 0 ? {} : { attachments: hung }),
  }) as SlackMessage;
}

function named(topic: string): string {
  return textWithin(escapeSlack(inWords(topic)), LONGEST_HEADER) || "Event";
}

/** One pass over a message: what is counted over the whole of it is kept here. */
class Pass {
  readonly #ids = new Set<string>();
  #markdown = LONGEST_MARKDOWN;

  attachments(attachments: unknown): readonly SlackObject[] {
    return objectsIn(attachments)
      .slice(0, MOST_ATTACHMENTS)
      .flatMap<SlackObject>((attachment) => this.#attachment(attachment) ?? []);
  }

  #attachment(attachment: SlackObject): SlackObject | null {
    const { blocks, link_names: _, parse: __, ...rest } = attachment;
    const kept = this.blocks(blocks);
    if (kept.length > 0) return { ...rest, blocks: kept };
    // Slack refuses one that holds nothing.
    return Object.keys(rest).some((key) => key !== "color") ? rest : null;
  }

  blocks(blocks: unknown): readonly SlackObject[] {
    const kept = objectsIn(blocks).flatMap<SlackObject>((block) => this.#block(block) ?? []);
    if (kept.length <= MOST_BLOCKS) return kept;
    const more = kept.length - MOST_BLOCKS + 1;
    const element = { type: "mrkdwn", text: `… ${more} more blocks` };
    return [...kept.slice(0, MOST_BLOCKS - 1), { type: "context", elements: [element] }];
  }

  #block(block: SlackObject): SlackObject | null {
    const limited = this.#limited(block);
    if (limited === null || !("block_id" in limited)) return limited;
    const { block_id, ...rest } = limited;
    const id = textWithin(block_id, LONGEST_BLOCK_ID);
    if (id === "" || this.#ids.has(id)) return rest;
    this.#ids.add(id);
    return { ...rest, block_id: id };
  }

  /** The block within its own limits; null if nothing is left of it. */
  #limited(block: SlackObject): SlackObject | null {
    if (block["type"] !== "markdown") return withinLimits(block);
    // The one limit that all blocks of a kind share.
    const text = this.#markdown > 0 ? textWithin(block["text"], this.#markdown) : "";
    this.#markdown -= text.length;
    return text === "" ? null : { ...block, text };
  }
}

/** The value with every mrkdwn in it made verbatim: Slack makes no links and mentions of what merely looks like them. */
function verbatim(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(verbatim);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, held]) => [key, verbatim(held)]));
  return value["type"] === "mrkdwn" ? { ...inner, verbatim: true } : inner;
}
