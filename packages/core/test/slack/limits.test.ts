import { describe, expect, test } from "vitest";
import { limitMessage } from "../../src/slack/limits.ts";
import type { SlackMessage, SlackObject } from "../../src/slack/types.ts";
import { findFaults } from "./block-kit.ts";

const x = (length: number): string => "x".repeat(length);
const short = (length: number): string => `${x(length - 1)}…`;
const plain = (text: string): SlackObject => ({ type: "plain_text", text });
const mrkdwn = (text: string): SlackObject => ({ type: "mrkdwn", text });
const verbatim = (text: string): SlackObject => ({ type: "mrkdwn", text, verbatim: true });
const repeat = (length: number, item: (i: number) => SlackObject): SlackObject[] =>
  Array.from({ length }, (_, i) => item(i));

function limit(message: SlackObject): SlackMessage {
  const limited = limitMessage(message, "invoice.paid");
  expect(findFaults(limited)).toEqual([]);
  return limited;
}

const block = (given: SlackObject): SlackObject | undefined =>
  limit({ text: "t", blocks: [given] }).blocks?.[0];

describe("a text at its limit stays, and one character more is shortened", () => {
  const image = { type: "image", image_url: "https://e.com" };
  const button = (more: SlackObject): SlackObject => ({
    type: "actions",
    elements: [{ type: "button", text: plain("b"), ...more }],
  });
  test.each<[string, number, (text: string) => SlackObject, (text: string) => SlackObject]>([
    [
      "header",
      150,
      (text) => ({ type: "header", text: plain(text) }),
      (text) => ({ type: "header", text: plain(text) }),
    ],
    [
      "section",
      3000,
      (text) => ({ type: "section", text: mrkdwn(text) }),
      (text) => ({ type: "section", text: verbatim(text) }),
    ],
    [
      "field",
      2000,
      (text) => ({ type: "section", fields: [mrkdwn(text)] }),
      (text) => ({ type: "section", fields: [verbatim(text)] }),
    ],
    [
      "context",
      3000,
      (text) => ({ type: "context", elements: [mrkdwn(text)] }),
      (text) => ({ type: "context", elements: [verbatim(text)] }),
    ],
    ["alt_text", 2000, (text) => ({ ...image, alt_text: text }), (text) => ({ ...image, alt_text: text })],
    [
      "title",
      2000,
      (text) => ({ ...image, alt_text: "a", title: plain(text) }),
      (text) => ({ ...image, alt_text: "a", title: plain(text) }),
    ],
    [
      "alt_text in a context",
      2000,
      (text) => ({ type: "context", elements: [{ ...image, alt_text: text }] }),
      (text) => ({ type: "context", elements: [{ ...image, alt_text: text }] }),
    ],
    ["button's text", 75, (text) => button({ text: plain(text) }), (text) => button({ text: plain(text) })],
    ["button's value", 2000, (value) => button({ value }), (value) => button({ value })],
    ["action_id", 255, (text) => button({ action_id: text }), (text) => button({ action_id: text })],
    [
      "another element's action_id",
      255,
      (text) => ({ type: "actions", elements: [{ type: "datepicker", action_id: text }] }),
      (text) => ({ type: "actions", elements: [{ type: "datepicker", action_id: text }] }),
    ],
    [
      "accessory's text",
      75,
      (text) => ({ type: "section", text: mrkdwn("a"), accessory: { type: "button", text: plain(text) } }),
      (text) => ({ type: "section", text: verbatim("a"), accessory: { type: "button", text: plain(text) } }),
    ],
    [
      "block_id",
      255,
      (text) => ({ type: "divider", block_id: text }),
      (text) => ({ type: "divider", block_id: text }),
    ],
    ["markdown", 12_000, (text) => ({ type: "markdown", text }), (text) => ({ type: "markdown", text })],
  ])("%s: %i", (_, limit, given, expected) => {
    expect(block(given(x(limit)))).toEqual(expected(x(limit)));
    expect(block(given(x(limit + 1)))).toEqual(expected(short(limit)));
  });

  test("text itself: 40,000", () => {
    expect(limit({ text: x(40_000) })).toEqual({ text: x(40_000) });
    expect(limit({ text: x(40_001) })).toEqual({ text: short(40_000) });
  });

  test("never within an entity", () => {
    expect(block({ type: "header", text: plain(`${x(147)}&amp;x`) })).toEqual({
      type: "header",
      text: plain(`${x(147)}…`),
    });
  });
});

describe("a list at its limit stays, and of a longer one the rest is counted in its last place", () => {
  const texts = (length: number): SlackObject[] => repeat(length, (i) => mrkdwn(`${i}`));

  test("fields: 10", () => {
    const fields = (length: number): unknown => block({ type: "section", fields: texts(length) })?.["fields"];
    expect(fields(10)).toEqual(repeat(10, (i) => verbatim(`${i}`)));
    expect(fields(11)).toEqual([...repeat(9, (i) => verbatim(`${i}`)), verbatim("… 2 more")]);
    expect(fields(30)).toEqual([...repeat(9, (i) => verbatim(`${i}`)), verbatim("… 21 more")]);
  });

  test("elements of a context: 10", () => {
    const elements = (length: number): unknown =>
      block({ type: "context", elements: texts(length) })?.["elements"];
    expect(elements(10)).toEqual(repeat(10, (i) => verbatim(`${i}`)));
    expect(elements(11)).toEqual([...repeat(9, (i) => verbatim(`${i}`)), verbatim("… 2 more")]);
  });

  test("actions: 25, none instead of the rest", () => {
    const elements = (length: number): unknown =>
      block({
        type: "actions",
        elements: repeat(length, (i) => ({ type: "datepicker", action_id: `${i}` })),
      })?.["elements"];
    expect(elements(25)).toHaveLength(25);
    expect(elements(26)).toEqual(repeat(25, (i) => ({ type: "datepicker", action_id: `${i}` })));
  });

  test("blocks: 50", () => {
    const blocks = (length: number): unknown =>
      limit({ text: "t", blocks: repeat(length, (i) => ({ type: "divider", block_id: `${i}` })) }).blocks;
    expect(blocks(50)).toEqual(repeat(50, (i) => ({ type: "divider", block_id: `${i}` })));
    expect(blocks(51)).toEqual([
      ...repeat(49, (i) => ({ type: "divider", block_id: `${i}` })),
      { type: "context", elements: [verbatim("… 2 more blocks")] },
    ]);
  });

  test("attachments: 100", () => {
    const hung = (length: number): unknown =>
      limit({ text: "t", attachments: repeat(length, (i) => ({ text: `${i}` })) }).attachments;
    expect(hung(100)).toHaveLength(100);
    expect(hung(101)).toEqual(repeat(100, (i) => ({ text: `${i}` })));
  });
});

describe("markdown has one limit over the whole message", () => {
  const markdown = (length: number): SlackObject => ({ type: "markdown", text: x(length) });

  test("blocks behind it are left out", () => {
    expect(limit({ text: "t", blocks: [markdown(7000), markdown(5000), markdown(1)] }).blocks).toEqual([
      markdown(7000),
      markdown(5000),
    ]);
    expect(limit({ text: "t", blocks: [markdown(7000), markdown(5001), markdown(1)] }).blocks).toEqual([
      markdown(7000),
      { type: "markdown", text: short(5000) },
    ]);
  });

  test("attachments count", () => {
    const message = limit({
      text: "t",
      blocks: [markdown(11_990)],
      attachments: [{ blocks: [markdown(20)] }],
    });
    expect(message.attachments).toEqual([{ blocks: [{ type: "markdown", text: short(10) }] }]);
  });
});
