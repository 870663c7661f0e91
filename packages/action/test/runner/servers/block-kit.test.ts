import { describe, expect, test } from "vitest";
import { findFaults } from "./block-kit.ts";

const plain = (text: string): object => ({ type: "plain_text", text });
const mrkdwn = (text: string): object => ({ type: "mrkdwn", text });
const button = (more: object = {}): object => ({ type: "button", text: plain("Go"), ...more });
const picture = (more: object = {}): object => ({
  type: "image",
  image_url: "https://host/a.png",
  alt_text: "a",
  ...more,
});
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const long = (length: number): string => "x".repeat(length);
const faults = (...blocks: readonly unknown[]): string[] => findFaults({ text: "t", blocks });
const option = (index: number): object => ({ text: plain(`o${index}`), value: `${index}` });
const words = (text: string): object => ({ type: "rich_text_section", elements: [{ type: "text", text }] });

describe("good messages", () => {
  test.each<[string, readonly unknown[]]>([
    ["none", []],
    [
      "one of each of the usual",
      [
        { type: "header", text: { ...plain(long(150)), emoji: true }, block_id: long(255) },
        {
          type: "section",
          text: { ...mrkdwn(long(3000)), verbatim: true },
          accessory: button(),
          expand: true,
        },
        { type: "section", fields: many(10, () => mrkdwn(long(2000))), accessory: picture() },
        { type: "context", elements: many(10, () => mrkdwn("a")) },
        { type: "context", elements: [picture(), plain("a")] },
        { type: "divider" },
        { type: "image", ...picture(), title: plain("t") },
        { type: "image", slack_file: { id: "F1" }, alt_text: "a" },
        { type: "markdown", text: "# a" },
      ],
    ],
    [
      "actions",
      [
        {
          type: "actions",
          elements: many(25, (index) => button({ action_id: `a${index}`, url: "https://h" })),
        },
        {
          type: "actions",
          elements: [
            button({ style: "danger", value: long(2000), confirm: dialog() }),
            { type: "static_select", placeholder: plain("p"), options: many(100, option) },
            { type: "overflow", options: many(5, option) },
            { type: "radio_buttons", options: many(10, option) },
            { type: "datepicker", initial_date: "2026-01-31" },
            { type: "workflow_button", text: plain("w"), workflow: { trigger: { url: "https://h" } } },
          ],
        },
      ],
    ],
    [
      "rich text and tables",
      [
        {
          type: "rich_text",
          elements: [
            words("a"),
            { type: "rich_text_list", style: "bullet", indent: 1, elements: [words("b")] },
            { type: "rich_text_quote", elements: [{ type: "link", url: "https://h", text: "h" }] },
            { type: "rich_text_preformatted", elements: [{ type: "text", text: "c" }] },
          ],
        },
        {
          type: "table",
          rows: many(100, () => many(20, () => ({ type: "raw_text", text: "a" }))),
          column_settings: [{ align: "right" }],
        },
      ],
    ],
    [
      "newer blocks",
      [
        { type: "alert", text: mrkdwn("a"), level: "error" },
        { type: "card", title: mrkdwn("a"), actions: [button()] },
        { type: "carousel", elements: [{ type: "card", body: mrkdwn("a") }] },
        { type: "container", title: plain("a"), child_blocks: [{ type: "divider" }] },
        {
          type: "plan",
          title: "a",
          tasks: [{ type: "task_card", task_id: "1", title: "a", status: "complete" }],
        },
        {
          type: "video",
          title: plain("a"),
          alt_text: "a",
          video_url: "https://h/v",
          thumbnail_url: "https://h/t",
        },
        { type: "input", label: plain("a"), element: { type: "plain_text_input" } },
        {
          type: "context_actions",
          elements: [
            {
              type: "feedback_buttons",
              positive_button: { text: plain("+"), value: "1" },
              negative_button: { text: plain("-"), value: "0" },
            },
          ],
        },
      ],
    ],
  ])("%s", (_name, blocks) => {
    expect(faults(...blocks)).toEqual([]);
  });

  test("as many blocks as there may be, and none at all", () => {
    expect(faults(...many(50, () => ({ type: "divider" })))).toEqual([]);
    expect(findFaults({ text: "t" })).toEqual([]);
    expect(findFaults({ attachments: [{ color: "#f00", blocks: [{ type: "divider" }] }] })).toEqual([]);
  });
});

function dialog(): object {
  return { title: plain("t"), text: plain("t"), confirm: plain("y"), deny: plain("n") };
}

describe("bad messages", () => {
  test.each<[string, unknown]>([
    ['blocks[0] is of type "banner"', { type: "banner" }],
    ["blocks[0] is of type undefined", {}],
    ["blocks[0] is of type undefined", "divider"],
    ['blocks[0] is of type "file"', { type: "file", external_id: "a", source: "remote" }],
    ["blocks[0] has a property that is not known: text", { type: "divider", text: "a" }],
    ["blocks[0].block_id is 256 long, more than 255", { type: "divider", block_id: long(256) }],
    ["blocks[0].text.text is 151 long, more than 150", { type: "header", text: plain(long(151)) }],
    ['blocks[0].text is of type "mrkdwn", not plain_text', { type: "header", text: mrkdwn("a") }],
    ["blocks[0] has no text", { type: "header" }],
    ["blocks[0] has none of text, fields", { type: "section" }],
    ["blocks[0].text.text is empty", { type: "section", text: mrkdwn("") }],
    ["blocks[0].text.text is not a string", { type: "section", text: { type: "mrkdwn", text: 1 } }],
    ["blocks[0].text.text is 3001 long, more than 3000", { type: "section", text: mrkdwn(long(3001)) }],
    [
      "blocks[0].text.text is 3002 long, more than 3000",
      { type: "section", text: mrkdwn("😀".repeat(1501)) },
    ],
    [
      "blocks[0].text has a property that is not known: emoji",
      { type: "section", text: { ...mrkdwn("a"), emoji: true } },
    ],
    ["blocks[0].fields has 11 items, more than 10", { type: "section", fields: many(11, () => plain("a")) }],
    ["blocks[0].fields has 0 items, less than 1", { type: "section", fields: [] }],
    ["blocks[0].fields[1].text is empty", { type: "section", fields: [plain("a"), plain("")] }],
    ["blocks[0].fields[0].text is 2001 long", { type: "section", fields: [plain(long(2001))] }],
    [
      'blocks[0].accessory is of type "card"',
      { type: "section", text: plain("a"), accessory: { type: "card" } },
    ],
    [
      "blocks[0].elements has 11 items, more than 10",
      { type: "context", elements: many(11, () => plain("a")) },
    ],
    ["blocks[0].elements has 0 items, less than 1", { type: "context", elements: [] }],
    ['blocks[0].elements[0] is of type "button"', { type: "context", elements: [button()] }],
    [
      "blocks[0].elements has 26 items, more than 25",
      { type: "actions", elements: many(26, () => button()) },
    ],
    [
      "blocks[0].elements[0].text.text is 76 long",
      { type: "actions", elements: [button({ text: plain(long(76)) })] },
    ],
    [
      "blocks[0].elements[0].url is 3001 long",
      { type: "actions", elements: [button({ url: `https://h/${long(2991)}` })] },
    ],
    ["blocks[0].elements[0].url is not a URL", { type: "actions", elements: [button({ url: "/relative" })] }],
    [
      "blocks[0].elements[0].value is 2001 long",
      { type: "actions", elements: [button({ value: long(2001) })] },
    ],
    ["blocks[0].elements[0].style is none of", { type: "actions", elements: [button({ style: "default" })] }],
    [
      "blocks[0].elements[0].action_id is 256 long",
      { type: "actions", elements: [button({ action_id: long(256) })] },
    ],
    ['has the action_id "a" twice', { type: "actions", elements: many(2, () => button({ action_id: "a" })) }],
    [
      "blocks[0].elements[0].confirm has no deny",
      { type: "actions", elements: [button({ confirm: { ...dialog(), deny: undefined } })] },
    ],
    [
      "blocks[0].elements[0].options has 6 items",
      { type: "actions", elements: [{ type: "overflow", options: many(6, option) }] },
    ],
    [
      "blocks[0].elements[0] has 0 of options, option_groups",
      { type: "actions", elements: [{ type: "static_select" }] },
    ],
    ["blocks[0] has no alt_text", { type: "image", image_url: "https://h/a.png" }],
    ["blocks[0].alt_text is 2001 long", { type: "image", ...picture({ alt_text: long(2001) }) }],
    ["blocks[0] has 0 of image_url, slack_file", { type: "image", alt_text: "a" }],
    ["blocks[0] has 2 of image_url, slack_file", { type: "image", ...picture({ slack_file: { id: "F" } }) }],
    [
      "blocks[0].image_url is not a URL",
      { type: "image", ...picture({ image_url: "data:image/png;base64,AA==" }) },
    ],
    ["blocks[0].text is 12001 long, more than 12000", { type: "markdown", text: long(12_001) }],
    [
      "blocks[0].rows has 101 items",
      { type: "table", rows: many(101, () => [{ type: "raw_text", text: "a" }]) },
    ],
    [
      "blocks[0].rows[0] has 21 items",
      { type: "table", rows: [many(21, () => ({ type: "raw_text", text: "a" }))] },
    ],
    ["blocks[0].rows[0][0].text is empty", { type: "table", rows: [[{ type: "raw_text", text: "" }]] }],
    [
      'blocks[0].elements[0] is of type "text"',
      { type: "rich_text", elements: [{ type: "text", text: "a" }] },
    ],
    ["blocks[0].elements[0].elements[0].text is empty", { type: "rich_text", elements: [words("")] }],
    ["blocks[0] has none of hero_image", { type: "card", subtitle: plain("a") }],
    [
      "blocks[0].child_blocks[0].text.text is empty",
      { type: "container", child_blocks: [{ type: "header", text: plain("") }] },
    ],
    [
      "blocks[0].video_url is not a URL with https:",
      { type: "video", title: plain("a"), alt_text: "a", video_url: "http://h", thumbnail_url: "https://h" },
    ],
  ])("%s", (fault, block) => {
    expect(faults(block)).toEqual([expect.stringContaining(fault)]);
  });

  test("what a message as a whole may not have", () => {
    const divider = { type: "divider" };
    const markdown = { type: "markdown", text: long(6001) };
    const table = { type: "table", rows: [[{ type: "raw_text", text: "a" }]] };
    const named = { ...divider, block_id: "a" };
    expect(faults(...many(51, () => divider))).toEqual(["blocks has 51 items, more than 50"]);
    expect(faults(named, divider, named)).toEqual(['the message has the block_id "a" twice']);
    expect(faults(markdown, markdown)).toEqual([
      "the message has 12002 characters of markdown, more than 12000",
    ]);
    expect(faults(table, table)).toEqual(["the message has 2 tables, more than 1"]);
    expect(findFaults({ blocks: [named], attachments: [{ blocks: [named] }] })).toHaveLength(1);
    expect(findFaults({ attachments: [{ blocks: [{ type: "header" }] }] })).toEqual([
      "attachments[0].blocks[0] has no text",
    ]);
    expect(findFaults({ blocks: {} })).toEqual(["blocks is not an array"]);
    expect(findFaults([])).toEqual(["the message is not an object"]);
  });
});
