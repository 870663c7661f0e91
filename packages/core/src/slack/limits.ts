import { filterObjects, isObject, limitBlock, limitText, MAX_HEADER_LENGTH } from "./blocks.ts";
import { escapeSlack } from "./escape.ts";
import { humanize } from "./fields.ts";
import type { SlackMessage, SlackObject } from "./types.ts";

// Source: Slack, "Block Kit", "Sending messages using incoming webhooks", "Truncating really long messages".
const MAX_BLOCKS = 50;
const MAX_ATTACHMENTS = 100;
const MAX_MESSAGE_TEXT_LENGTH = 40_000;
const MAX_BLOCK_ID_LENGTH = 255;
const MAX_MARKDOWN_LENGTH = 12_000;

/**
 * Brings a message within Slack's limits, since Slack rejects the whole message otherwise: truncates texts, cuts lists
 * and counts the rest, omits empty values. Makes every mrkdwn `verbatim`; removes channel and mention options.
 */
export function limitMessage(message: SlackObject, topic: string): SlackMessage {
  const { channel: _, link_names: __, parse: ___, text, blocks, attachments, ...rest } = message;
  const limiter = new MessageLimiter();
  const limitedBlocks = limiter.limitBlocks(blocks);
  const limitedAttachments = limiter.limitAttachments(attachments);
  return makeVerbatim({
    ...rest,
    text: limitText(text, MAX_MESSAGE_TEXT_LENGTH) || getDefaultText(topic),
    ...(limitedBlocks.length === 0 ? {} : { blocks: limitedBlocks }),
    ...(limitedAttachments.length === 0 ? {} : { attachments: limitedAttachments }),
  }) as SlackMessage;
}

function getDefaultText(topic: string): string {
  return limitText(escapeSlack(humanize(topic)), MAX_HEADER_LENGTH) || "Event";
}

/** One pass over a message, with the counters of its total limits. */
class MessageLimiter {
  readonly #blockIds = new Set<string>();
  #remainingMarkdown = MAX_MARKDOWN_LENGTH;

  limitAttachments(attachments: unknown): readonly SlackObject[] {
    return filterObjects(attachments)
      .slice(0, MAX_ATTACHMENTS)
      .flatMap<SlackObject>((attachment) => this.#limitAttachment(attachment) ?? []);
  }

  #limitAttachment(attachment: SlackObject): SlackObject | null {
    const { blocks, link_names: _, parse: __, ...rest } = attachment;
    const limitedBlocks = this.limitBlocks(blocks);
    if (limitedBlocks.length > 0) return { ...rest, blocks: limitedBlocks };
    // Slack rejects an empty attachment.
    return Object.keys(rest).some((key) => key !== "color") ? rest : null;
  }

  limitBlocks(blocks: unknown): readonly SlackObject[] {
    const limitedBlocks = filterObjects(blocks).flatMap<SlackObject>(
      (block) => this.#limitBlock(block) ?? [],
    );
    if (limitedBlocks.length <= MAX_BLOCKS) return limitedBlocks;
    const omittedCount = limitedBlocks.length - MAX_BLOCKS + 1;
    const element = { type: "mrkdwn", text: `… ${omittedCount} more blocks` };
    return [...limitedBlocks.slice(0, MAX_BLOCKS - 1), { type: "context", elements: [element] }];
  }

  #limitBlock(block: SlackObject): SlackObject | null {
    const limited = this.#limitByType(block);
    if (limited === null || !("block_id" in limited)) return limited;
    const { block_id, ...rest } = limited;
    const id = limitText(block_id, MAX_BLOCK_ID_LENGTH);
    if (id === "" || this.#blockIds.has(id)) return rest;
    this.#blockIds.add(id);
    return { ...rest, block_id: id };
  }

  /** Limits a block; null if nothing remains. */
  #limitByType(block: SlackObject): SlackObject | null {
    if (block["type"] !== "markdown") return limitBlock(block);
    // All markdown blocks share one limit.
    const text = this.#remainingMarkdown > 0 ? limitText(block["text"], this.#remainingMarkdown) : "";
    this.#remainingMarkdown -= text.length;
    return text === "" ? null : { ...block, text };
  }
}

/** Makes every mrkdwn verbatim, so that Slack creates no links or mentions from plain text. */
function makeVerbatim(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(makeVerbatim);
  if (!isObject(value)) return value;
  const entries = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, makeVerbatim(child)]));
  return value["type"] === "mrkdwn" ? { ...entries, verbatim: true } : entries;
}
