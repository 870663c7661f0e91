import { truncateMrkdwn } from "./truncate-mrkdwn.ts";
import type { SlackObject } from "./types.ts";

// Source of every number: Slack, "Block Kit", the page of each block.
export const MAX_HEADER_LENGTH = 150;
const MAX_TEXT_LENGTH = 3000;
const MAX_FIELDS = 10;
const MAX_FIELD_LENGTH = 2000;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_ACTIONS = 25;
const MAX_ALT_TEXT_LENGTH = 2000;
const MAX_BUTTON_TEXT_LENGTH = 75;
const MAX_BUTTON_VALUE_LENGTH = 2000;
const MAX_ACTION_ID_LENGTH = 255;

/** Limits a block; null if nothing remains. Passes on unknown types. */
export function limitBlock(block: SlackObject): SlackObject | null {
  switch (block["type"]) {
    case "header":
      return limitHeader(block);
    case "section":
      return limitSection(block);
    case "context":
      return limitContext(block);
    case "actions":
      return limitActions(block);
    case "image":
      return limitImage(block);
    default:
      return block;
  }
}

function limitHeader({ text, ...rest }: SlackObject): SlackObject | null {
  const limitedText = limitTextObject(text, MAX_HEADER_LENGTH);
  return limitedText === null ? null : { ...rest, text: limitedText };
}

function limitSection({ text, fields, accessory, ...rest }: SlackObject): SlackObject | null {
  const limitedText = limitTextObject(text, MAX_TEXT_LENGTH);
  const limitedFields = filterObjects(fields).flatMap<SlackObject>(
    (field) => limitTextObject(field, MAX_FIELD_LENGTH) ?? [],
  );
  if (limitedText === null && limitedFields.length === 0) return null;
  return {
    ...rest,
    ...(limitedText === null ? {} : { text: limitedText }),
    ...(limitedFields.length === 0 ? {} : { fields: truncateList(limitedFields, MAX_FIELDS) }),
    ...(isObject(accessory) ? { accessory: limitElement(accessory) } : {}),
  };
}

function limitContext({ elements, ...rest }: SlackObject): SlackObject | null {
  const limitedElements = filterObjects(elements).flatMap<SlackObject>(
    (item) => (item["type"] === "image" ? limitElement(item) : limitTextObject(item, MAX_TEXT_LENGTH)) ?? [],
  );
  return limitedElements.length === 0
    ? null
    : { ...rest, elements: truncateList(limitedElements, MAX_CONTEXT_ELEMENTS) };
}

function limitActions({ elements, ...rest }: SlackObject): SlackObject | null {
  const limitedElements = filterObjects(elements).slice(0, MAX_ACTIONS).map(limitElement);
  return limitedElements.length === 0 ? null : { ...rest, elements: limitedElements };
}

function limitImage({ title, ...rest }: SlackObject): SlackObject {
  const limitedTitle = limitTextObject(title, MAX_ALT_TEXT_LENGTH);
  return { ...limitElement(rest), ...(limitedTitle === null ? {} : { title: limitedTitle }) };
}

/** Limits an element: a button's text and value, an image's text, an action's id. Passes on other types. */
function limitElement(item: SlackObject): SlackObject {
  if (item["type"] === "image")
    return { ...item, alt_text: limitText(item["alt_text"], MAX_ALT_TEXT_LENGTH) || "image" };
  const { action_id, ...otherProperties } = item;
  const limited =
    typeof action_id === "string"
      ? { ...otherProperties, action_id: truncateMrkdwn(action_id, MAX_ACTION_ID_LENGTH) }
      : item;
  if (item["type"] !== "button") return limited;
  const { text, value, ...rest } = limited;
  return {
    ...rest,
    text: limitTextObject(text, MAX_BUTTON_TEXT_LENGTH) ?? { type: "plain_text", text: "…" },
    ...(typeof value === "string" ? { value: truncateMrkdwn(value, MAX_BUTTON_VALUE_LENGTH) } : {}),
  };
}

/** Limits a text object; null if it is empty. */
function limitTextObject(value: unknown, maxLength: number): SlackObject | null {
  if (!isObject(value)) return null;
  const text = limitText(value["text"], maxLength);
  return text === "" ? null : { ...value, text };
}

/** Limits a list. Its last item gives the number of omitted items. */
function truncateList(list: readonly SlackObject[], maxItems: number): readonly SlackObject[] {
  if (list.length <= maxItems) return list;
  const omittedCount = list.length - maxItems + 1;
  return [...list.slice(0, maxItems - 1), { type: "mrkdwn", text: `… ${omittedCount} more` }];
}

/** Limits text; empty for non-text and for white space alone, which Slack rejects. */
export function limitText(value: unknown, maxLength: number): string {
  return typeof value === "string" && value.trim() !== "" ? truncateMrkdwn(value, maxLength) : "";
}

/** The objects of a list; empty for other values. */
export function filterObjects(value: unknown): readonly SlackObject[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
}

export function isObject(value: unknown): value is SlackObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
