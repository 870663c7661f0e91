import { parseTimestamp, type WebhookEvent } from "../event.ts";
import { escapeSlack } from "./escape.ts";
import { type Field, humanize, toFields, toMrkdwn } from "./fields.ts";
import { limitMessage } from "./limits.ts";
import { formatSlackLink } from "./link.ts";
import { truncateMrkdwn } from "./truncate-mrkdwn.ts";
import type { SlackMessage, SlackObject } from "./types.ts";

/** Options of {@link createSlackMessage}. */
export interface SlackMessageOptions {
  /** `success`, `failure`, `cancelled` or `skipped` set the message's colour and emoji. Other text is ignored. */
  readonly status?: string | undefined;
  /** The text before the fields, as mrkdwn: escape values in it. */
  readonly text?: string | undefined;
  /** The header. Default: the topic in words. */
  readonly title?: string | undefined;
  /** The values to list as fields. Default: the event's data. */
  readonly fields?: unknown;
  /** A link at the end: an https URL and its text. */
  readonly link?: { readonly url: string; readonly text: string } | undefined;
}

interface StatusStyle {
  readonly color: string;
  readonly emoji: string;
}

const STATUS_STYLES: Readonly<Record<string, StatusStyle>> = {
  success: { color: "#1a7f37", emoji: "✅" },
  failure: { color: "#cf222e", emoji: "❌" },
  cancelled: { color: "#6e7781", emoji: "⏹️" },
  skipped: { color: "#6e7781", emoji: "⏭️" },
};

const REVIEW_TOPIC = "end_user.review_required";
const MAX_LISTED_FIELDS = 10;
const MAX_FIELD_VALUE_LENGTH = 300;
const MAX_FIELD_NAME_LENGTH = 200;

/**
 * Creates a Block Kit message for an event: a header, the event's data as fields, time and id, and `text` for
 * notifications. `end_user.review_required` names the end user. Escapes every value and keeps all of Slack's limits.
 * Source: Slack, "Block Kit", "Formatting text".
 * @throws HeronError `invalid_event` for what cannot be written as JSON
 */
export function createSlackMessage(event: WebhookEvent, options: SlackMessageOptions = {}): SlackMessage {
  const style =
    options.status !== undefined && Object.hasOwn(STATUS_STYLES, options.status)
      ? STATUS_STYLES[options.status]
      : undefined;
  const title = `${style === undefined ? "" : `${style.emoji} `}${options.title ?? getTitle(event)}`;
  const intro = options.text ?? getIntro(event);
  const fields = toFields(options.fields === undefined ? getFieldSource(event) : options.fields);
  const header = { type: "header", text: { type: "plain_text", text: escapeSlack(title), emoji: true } };
  const rest = [
    ...(intro === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text: intro } }]),
    ...createFieldSections(fields),
    createContextBlock(event, options.link, fields.length - MAX_LISTED_FIELDS),
  ];
  const text = createFallbackText(title, options.text, fields);
  // Only an attachment has a colour. Beside blocks, `text` is for notifications alone.
  return limitMessage(
    style === undefined
      ? { text, blocks: [header, ...rest] }
      : { text, blocks: [header], attachments: [{ color: style.color, blocks: rest }] },
    event.topic,
  );
}

/** The values to list. A review includes its meta, which can name the rule. */
function getFieldSource({ topic, data, meta }: WebhookEvent): unknown {
  const isReview =
    topic === REVIEW_TOPIC && typeof data === "object" && data !== null && !Array.isArray(data);
  return isReview ? { ...data, ...meta } : data;
}

function getTitle({ topic }: WebhookEvent): string {
  return topic === REVIEW_TOPIC ? "🔍 Review required" : humanize(topic);
}

/** The default text before the fields: only a review has one. */
function getIntro({ topic, data }: WebhookEvent): string {
  if (topic !== REVIEW_TOPIC) return "";
  const { end_user_id, heron_id } = (data ?? {}) as Readonly<Record<string, unknown>>;
  const userId = [end_user_id, heron_id].find((id) => typeof id === "string" && id !== "");
  return `*${typeof userId === "string" ? escapeSlack(userId) : "An end user"}* broke one of your rules and needs a review.`;
}

function createFieldSections(fields: readonly Field[]): readonly SlackObject[] {
  if (fields.length === 0) return [];
  const textObjects = fields.slice(0, MAX_LISTED_FIELDS).map(({ name, value }) => ({
    type: "mrkdwn",
    text: `*${truncateMrkdwn(escapeSlack(name), MAX_FIELD_NAME_LENGTH)}*\n${toMrkdwn(value, MAX_FIELD_VALUE_LENGTH)}`,
  }));
  return [{ type: "section", fields: textObjects }];
}

/** Time, id and the number of omitted fields. */
function createContextBlock(
  { topic, created, id }: WebhookEvent,
  link: SlackMessageOptions["link"],
  omittedCount: number,
): SlackObject {
  const createdAt = parseTimestamp(created);
  const createdText = Number.isNaN(createdAt)
    ? escapeSlack(created)
    : `<!date^${Math.floor(createdAt / 1000)}^{date_short_pretty} {time}|${escapeSlack(created)}>`;
  const parts = [
    createdText,
    `\`${escapeSlack(topic)}\``,
    ...(id === undefined ? [] : [escapeSlack(id)]),
    ...(omittedCount > 0 ? [`${omittedCount} more ${omittedCount === 1 ? "field" : "fields"}`] : []),
    ...(link === undefined ? [] : [formatSlackLink(link.url, link.text) ?? escapeSlack(link.text)]),
  ];
  return { type: "context", elements: [{ type: "mrkdwn", text: parts.join("  ·  ") }] };
}

function createFallbackText(title: string, text: string | undefined, fields: readonly Field[]): string {
  const firstFields = fields.slice(0, 3).map(({ name, value }) => escapeSlack(`${name} ${value}`));
  const rest = text ?? firstFields.join(", ");
  return truncateMrkdwn(
    rest === "" ? escapeSlack(title) : `${escapeSlack(title)}: ${rest}`,
    MAX_FIELD_VALUE_LENGTH,
  );
}
