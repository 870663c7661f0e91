import { shorten } from "./shorten.ts";
import type { SlackObject } from "./types.ts";

// Source of every number: Slack, "Block Kit", the page of each block.
export const LONGEST_HEADER = 150;
const LONGEST_TEXT = 3000;
const MOST_FIELDS = 10;
const LONGEST_FIELD = 2000;
const MOST_CONTEXT = 10;
const MOST_ACTIONS = 25;
const LONGEST_ALT = 2000;
const LONGEST_BUTTON = 75;
const LONGEST_VALUE = 2000;
const LONGEST_ACTION_ID = 255;

/** A block within the limits of its type; null if nothing is left of it. A type that is not known is passed on. */
export function withinLimits(block: SlackObject): SlackObject | null {
  switch (block["type"]) {
    case "header":
      return header(block);
    case "section":
      return section(block);
    case "context":
      return context(block);
    case "actions":
      return actions(block);
    case "image":
      return image(block);
    default:
      return block;
  }
}

function header({ text, ...rest }: SlackObject): SlackObject | null {
  const kept = textObject(text, LONGEST_HEADER);
  return kept === null ? null : { ...rest, text: kept };
}

function section({ text, fields, accessory, ...rest }: SlackObject): SlackObject | null {
  const kept = textObject(text, LONGEST_TEXT);
  const list = objectsIn(fields).flatMap<SlackObject>((field) => textObject(field, LONGEST_FIELD) ?? []);
  if (kept === null && list.length === 0) return null;
  return {
    ...rest,
    ...(kept === null ? {} : { text: kept }),
    ...(list.length === 0 ? {} : { fields: counted(list, MOST_FIELDS) }),
    ...(isObject(accessory) ? { accessory: element(accessory) } : {}),
  };
}

function context({ elements, ...rest }: SlackObject): SlackObject | null {
  const kept = objectsIn(elements).flatMap<SlackObject>(
    (item) => (item["type"] === "image" ? element(item) : textObject(item, LONGEST_TEXT)) ?? [],
  );
  return kept.length === 0 ? null : { ...rest, elements: counted(kept, MOST_CONTEXT) };
}

function actions({ elements, ...rest }: SlackObject): SlackObject | null {
  const kept = objectsIn(elements).slice(0, MOST_ACTIONS).map(element);
  return kept.length === 0 ? null : { ...rest, elements: kept };
}

function image({ title, ...rest }: SlackObject): SlackObject {
  const kept = textObject(title, LONGEST_ALT);
  return { ...element(rest), ...(kept === null ? {} : { title: kept }) };
}

/** An element: a button's text and value, an image's words, the id of an action; anything else is passed on. */
function element(item: SlackObject): SlackObject {
  if (item["type"] === "image")
    return { ...item, alt_text: textWithin(item["alt_text"], LONGEST_ALT) || "image" };
  const { action_id, ...plain } = item;
  const identified =
    typeof action_id === "string" ? { ...plain, action_id: shorten(action_id, LONGEST_ACTION_ID) } : item;
  if (item["type"] !== "button") return identified;
  const { text, value, ...rest } = identified;
  return {
    ...rest,
    text: textObject(text, LONGEST_BUTTON) ?? { type: "plain_text", text: "…" },
    ...(typeof value === "string" ? { value: shorten(value, LONGEST_VALUE) } : {}),
  };
}

/** A text object within its limit; null if it is empty. */
function textObject(value: unknown, most: number): SlackObject | null {
  if (!isObject(value)) return null;
  const text = textWithin(value["text"], most);
  return text === "" ? null : { ...value, text };
}

/** A list brought down to its limit, its last place saying how many more there were. */
function counted(list: readonly SlackObject[], most: number): readonly SlackObject[] {
  if (list.length <= most) return list;
  const more = list.length - most + 1;
  return [...list.slice(0, most - 1), { type: "mrkdwn", text: `… ${more} more` }];
}

/** A value as text within a limit; empty for what is no text or nothing but white space, which Slack refuses. */
export function textWithin(value: unknown, most: number): string {
  return typeof value === "string" && value.trim() !== "" ? shorten(value, most) : "";
}

/** The objects of a list; none if it is no list. */
export function objectsIn(value: unknown): readonly SlackObject[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
}

export function isObject(value: unknown): value is SlackObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
