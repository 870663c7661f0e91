import { timeOf, type WebhookEvent } from "../event.ts";
import { escapeSlack } from "./escape.ts";
import { asMrkdwn, type Fact, factsOf, inWords } from "./facts.ts";
import { keepLimits } from "./limits.ts";
import { linkTo } from "./link.ts";
import { shorten } from "./shorten.ts";
import type { SlackMessage, SlackObject } from "./types.ts";

/** What {@link slackMessage} may be told beside the event. */
export interface SlackMessageOptions {
  /** How it went, `success`, `failure`, `cancelled` or `skipped`: gives the message its colour and a sign. Any other text gives neither. */
  readonly status?: string | undefined;
  /** What the message says before the facts, as mrkdwn: values in it must have been escaped. */
  readonly text?: string | undefined;
  /** The header, instead of the topic in words. */
  readonly title?: string | undefined;
  /** What is listed as fields, instead of the event's data. */
  readonly facts?: unknown;
  /** Where to read more: an https URL, and what the link says. */
  readonly link?: { readonly url: string; readonly text: string } | undefined;
}

interface Look {
  readonly color: string;
  readonly sign: string;
}

const LOOKS: Readonly<Record<string, Look>> = {
  success: { color: "#1a7f37", sign: "✅" },
  failure: { color: "#cf222e", sign: "❌" },
  cancelled: { color: "#6e7781", sign: "⏹️" },
  skipped: { color: "#6e7781", sign: "⏭️" },
};

const REVIEW = "end_user.review_required";
const MOST_FACTS = 10;
const LONGEST_VALUE = 300;
const LONGEST_NAME = 200;

/**
 * A Block Kit message for an event: a header that says what happened, the event's facts as fields, when and which, and
 * `text` for notifications. An `end_user.review_required` says who is to be looked at. Every value is escaped and
 * every limit of Slack's kept.
 * Source: Slack, "Block Kit", "Formatting text".
 * @throws HeronError `invalid_event` for what cannot be written as JSON
 */
export function slackMessage(event: WebhookEvent, options: SlackMessageOptions = {}): SlackMessage {
  const look =
    options.status !== undefined && Object.hasOwn(LOOKS, options.status) ? LOOKS[options.status] : undefined;
  const title = `${look === undefined ? "" : `${look.sign} `}${options.title ?? titleOf(event)}`;
  const said = options.text ?? openingOf(event);
  const facts = factsOf(options.facts === undefined ? factsIn(event) : options.facts);
  const header = { type: "header", text: { type: "plain_text", text: escapeSlack(title), emoji: true } };
  const rest = [
    ...(said === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text: said } }]),
    ...fieldsOf(facts),
    contextOf(event, options.link, facts.length - MOST_FACTS),
  ];
  const text = fallbackOf(title, options.text, facts);
  // Only an attachment has a colour. With blocks there, `text` is what notifications show and nothing else.
  return keepLimits(
    look === undefined
      ? { text, blocks: [header, ...rest] }
      : { text, blocks: [header], attachments: [{ color: look.color, blocks: rest }] },
    event.topic,
  );
}

/** What there is to list: of a review, what its meta holds too, since that may name the rule. */
function factsIn({ topic, data, meta }: WebhookEvent): unknown {
  const isReview = topic === REVIEW && typeof data === "object" && data !== null && !Array.isArray(data);
  return isReview ? { ...data, ...meta } : data;
}

function titleOf({ topic }: WebhookEvent): string {
  return topic === REVIEW ? "🔍 Review required" : inWords(topic);
}

/** What a message says by itself before its facts: nothing, unless somebody is asked to do something. */
function openingOf({ topic, data }: WebhookEvent): string {
  if (topic !== REVIEW) return "";
  const { end_user_id, heron_id } = (data ?? {}) as Readonly<Record<string, unknown>>;
  const who = [end_user_id, heron_id].find((id) => typeof id === "string" && id !== "");
  return `*${typeof who === "string" ? escapeSlack(who) : "An end user"}* broke one of your rules and needs a review.`;
}

function fieldsOf(facts: readonly Fact[]): readonly SlackObject[] {
  if (facts.length === 0) return [];
  const fields = facts.slice(0, MOST_FACTS).map(({ name, value }) => ({
    type: "mrkdwn",
    text: `*${shorten(escapeSlack(name), LONGEST_NAME)}*\n${asMrkdwn(value, LONGEST_VALUE)}`,
  }));
  return [{ type: "section", fields }];
}

/** When and which, and what was left out. */
function contextOf(
  { topic, created, id }: WebhookEvent,
  link: SlackMessageOptions["link"],
  unsaid: number,
): SlackObject {
  const at = timeOf(created);
  const when = Number.isNaN(at)
    ? escapeSlack(created)
    : `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${escapeSlack(created)}>`;
  const parts = [
    when,
    `\`${escapeSlack(topic)}\``,
    ...(id === undefined ? [] : [escapeSlack(id)]),
    ...(unsaid > 0 ? [`${unsaid} more ${unsaid === 1 ? "fact" : "facts"}`] : []),
    ...(link === undefined ? [] : [linkTo(link.url, link.text) ?? escapeSlack(link.text)]),
  ];
  return { type: "context", elements: [{ type: "mrkdwn", text: parts.join("  ·  ") }] };
}

function fallbackOf(title: string, text: string | undefined, facts: readonly Fact[]): string {
  const told = facts.slice(0, 3).map(({ name, value }) => escapeSlack(`${name} ${value}`));
  const rest = text ?? told.join(", ");
  return shorten(rest === "" ? escapeSlack(title) : `${escapeSlack(title)}: ${rest}`, LONGEST_VALUE);
}
