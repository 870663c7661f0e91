/**
 * Slack's composition objects, and images: what elements are made of.
 * @module
 */
import {
  all,
  boolean,
  type Check,
  either,
  isOneOf,
  list,
  object,
  type Properties,
  required,
  string,
  typed,
  url,
} from "./shapes.ts";

const plainProperties = (most: number): Properties => ({ text: required(string(most)), emoji: boolean });
const mrkdwnProperties = (most: number): Properties => ({ text: required(string(most)), verbatim: boolean });

export function plainText(most = 3000): Check {
  return typed({ plain_text: plainProperties(most) });
}

/** `plain_text` or `mrkdwn`. */
export function text(most = 3000): Check {
  return typed({ plain_text: plainProperties(most), mrkdwn: mrkdwnProperties(most) });
}

const slackFile = all(object({ id: string(), url: url() }), either("id", "url"));

/** Where an image is, and what it shows. */
export const imageProperties: Properties = {
  image_url: url(3000),
  slack_file: slackFile,
  alt_text: required(string(2000)),
};
export const hasOneSource: Check = either("image_url", "slack_file");
export const image: Check = all(typed({ image: imageProperties }), hasOneSource);

export const confirm: Check = object({
  title: required(plainText(100)),
  text: required(text(300)),
  confirm: required(plainText(30)),
  deny: required(plainText(30)),
  style: isOneOf("primary", "danger"),
});

export function option(label: Check, more: Properties = {}): Check {
  return object({ text: required(label), value: required(string(150)), description: text(75), ...more });
}

export const plainOption: Check = option(plainText(75));
export const anyOption: Check = option(text(75));
export const optionGroup: Check = object({
  label: required(plainText(75)),
  options: required(list(plainOption, 1, 100)),
});
