import { expect } from "vitest";
import type { WebhookEvent } from "../../src/event.ts";
import { createSlackMessage, type SlackMessageOptions } from "../../src/slack/message.ts";
import type { SlackMessage, SlackObject } from "../../src/slack/types.ts";
import { findFaults, findUnescaped } from "./block-kit.ts";

const EVENT: WebhookEvent = {
  topic: "invoice.paid",
  created: "2026-01-01T00:00:00+00:00",
  data: { amount: 12.5, owner: { name: "Ann <3" } },
  meta: null,
};
export const CREATED_TEXT: string = "<!date^1767225600^{date_short_pretty} {time}|2026-01-01T00:00:00+00:00>";
export const mrkdwn = (text: string): SlackObject => ({ type: "mrkdwn", text, verbatim: true });
export const header = (text: string): SlackObject => ({
  type: "header",
  text: { type: "plain_text", text, emoji: true },
});
export const context = (text: string): SlackObject => ({ type: "context", elements: [mrkdwn(text)] });

/** The message of an event, found well by the checker. */
export function createCheckedMessage(
  event: Partial<WebhookEvent> = {},
  options: SlackMessageOptions = {},
): SlackMessage {
  const message = createSlackMessage({ ...EVENT, ...event }, options);
  expect(findFaults(message)).toEqual([]);
  expect(findUnescaped(message)).toEqual([]);
  return message;
}
