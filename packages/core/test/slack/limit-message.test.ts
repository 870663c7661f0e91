import { describe, expect, test } from "vitest";
import { limitMessage } from "../../src/slack/limits.ts";
import type { SlackMessage, SlackObject } from "../../src/slack/types.ts";
import { findFaults } from "./block-kit.ts";

const plain = (text: unknown): SlackObject => ({ type: "plain_text", text });
const mrkdwn = (text: unknown): SlackObject => ({ type: "mrkdwn", text });
const DIVIDER = { type: "divider" };

function limit(message: SlackObject, topic = "invoice.paid"): SlackMessage {
  const limited = limitMessage(message, topic);
  expect(findFaults(limited)).toEqual([]);
  return limited;
}

const blocks = (...given: readonly unknown[]): unknown => limit({ text: "t", blocks: given }).blocks;

describe("what would be empty is left out, since Slack rejects it", () => {
  test.each<[string, SlackObject]>([
    ["a header of white space", { type: "header", text: plain(" \n") }],
    ["a header without text", { type: "header" }],
    ["a section with neither text nor fields", { type: "section", text: mrkdwn(""), fields: [] }],
    ["a section whose text is no text object", { type: "section", text: "x" }],
    ["a section whose text is a number", { type: "section", text: mrkdwn(5) }],
    ["a section whose fields are empty", { type: "section", fields: [mrkdwn(" "), "x", null, []] }],
    ["a context without elements", { type: "context", elements: [mrkdwn("")] }],
    ["a context whose elements are no list", { type: "context", elements: {} }],
    ["actions without elements", { type: "actions", elements: [] }],
    ["markdown of white space", { type: "markdown", text: " " }],
    ["markdown that is no text", { type: "markdown", text: 7 }],
  ])("%s", (_, block) => {
    expect(blocks(block, DIVIDER)).toEqual([DIVIDER]);
    expect(blocks(block)).toBe(undefined);
    expect(limit({ text: "t", attachments: [{ color: "#123456", blocks: [block] }] }).attachments).toBe(
      undefined,
    );
  });

  test("an empty field, not its neighbours; empty text, not its fields", () => {
    expect(blocks({ type: "section", text: mrkdwn(""), fields: [mrkdwn(""), plain("x")] })).toEqual([
      { type: "section", fields: [plain("x")] },
    ]);
    expect(blocks({ type: "section", text: plain("x"), fields: [mrkdwn("")] })).toEqual([
      { type: "section", text: plain("x") },
    ]);
  });

  test("what is no object where a block should be", () => {
    expect(blocks("x", null, 7, [DIVIDER], DIVIDER)).toEqual([DIVIDER]);
    expect(limit({ text: "t", blocks: "x", attachments: DIVIDER })).toEqual({ text: "t" });
  });

  test("an attachment's blocks, but not its words", () => {
    expect(
      limit({
        text: "t",
        attachments: [
          { text: "x", blocks: [] },
          { fallback: "y", blocks: 1 },
        ],
      }),
    ).toEqual({
      text: "t",
      attachments: [{ text: "x" }, { fallback: "y" }],
    });
    expect(limit({ text: "t", attachments: [{ text: "x" }, "x", null] }).attachments).toEqual([
      { text: "x" },
    ]);
    const fields = { color: "#123456", fields: [{ title: "a", value: "b" }] };
    expect(limit({ text: "t", attachments: [fields, { ...fields, blocks: [] }] }).attachments).toEqual([
      fields,
      fields,
    ]);
  });

  test("an image and a button have words all the same", () => {
    const image = { type: "image", image_url: "https://e.com" };
    expect(blocks(image, { ...image, alt_text: " ", title: plain("") })).toEqual([
      { ...image, alt_text: "image" },
      { ...image, alt_text: "image" },
    ]);
    expect(
      blocks({
        type: "actions",
        elements: [{ type: "button", action_id: "a", value: " ", text: plain("") }],
      }),
    ).toEqual([
      { type: "actions", elements: [{ type: "button", action_id: "a", value: " ", text: plain("…") }] },
    ]);
  });

  test("an accessory that is none", () => {
    expect(blocks({ type: "section", text: plain("x"), accessory: "y" })).toEqual([
      { type: "section", text: plain("x") },
    ]);
  });
});

describe("a block_id that is there twice is left out the second time", () => {
  test("in blocks and attachments together", () => {
    const message = limit({
      text: "t",
      blocks: [
        { ...DIVIDER, block_id: "a" },
        { ...DIVIDER, block_id: "a" },
        { ...DIVIDER, block_id: "b" },
      ],
      attachments: [
        {
          blocks: [
            { ...DIVIDER, block_id: "b" },
            { ...DIVIDER, block_id: "c" },
          ],
        },
      ],
    });
    expect(message.blocks).toEqual([{ ...DIVIDER, block_id: "a" }, DIVIDER, { ...DIVIDER, block_id: "b" }]);
    expect(message.attachments).toEqual([{ blocks: [DIVIDER, { ...DIVIDER, block_id: "c" }] }]);
  });

  test("when it became so by being shortened; one that is none too", () => {
    const long = (end: string): SlackObject => ({ ...DIVIDER, block_id: `${"x".repeat(300)}${end}` });
    expect(blocks(long("1"), long("2"), { ...DIVIDER, block_id: 5 }, { ...DIVIDER, block_id: "" })).toEqual([
      { ...DIVIDER, block_id: `${"x".repeat(254)}…` },
      DIVIDER,
      DIVIDER,
      DIVIDER,
    ]);
  });
});

test("nothing chooses a channel or makes mentions of names; the rest of a message stays", () => {
  const stays = { thread_ts: "1.2", unfurl_links: false, unfurl_media: false, metadata: { event_type: "x" } };
  expect(limit({ text: "t", channel: "#general", link_names: true, parse: "full", ...stays })).toEqual({
    text: "t",
    ...stays,
  });
});

test("nor does an attachment, with blocks and without", () => {
  const asks = { link_names: true, parse: "full" };
  const given = [
    { text: "x", ...asks },
    { blocks: [DIVIDER], ...asks },
  ];
  expect(limit({ text: "t", attachments: given }).attachments).toEqual([
    { text: "x" },
    { blocks: [DIVIDER] },
  ]);
});

test("mrkdwn is verbatim wherever it is, whatever it said of itself; plain text is not", () => {
  const notVerbatim = { type: "mrkdwn", text: "x", verbatim: false };
  const confirm = { title: plain("x"), text: notVerbatim };
  const menu = { type: "overflow", options: [{ text: notVerbatim, value: "1" }], confirm };
  const message = limit({
    text: "t",
    blocks: [
      { type: "section", text: notVerbatim, accessory: menu },
      { type: "unheard_of", inner: [notVerbatim] },
    ],
    attachments: [{ blocks: [{ type: "context", elements: [notVerbatim, plain("y")] }] }],
  });
  const verbatim = { ...notVerbatim, verbatim: true };
  expect(message).toEqual({
    text: "t",
    blocks: [
      {
        type: "section",
        text: verbatim,
        accessory: {
          ...menu,
          options: [{ text: verbatim, value: "1" }],
          confirm: { ...confirm, text: verbatim },
        },
      },
      { type: "unheard_of", inner: [verbatim] },
    ],
    attachments: [{ blocks: [{ type: "context", elements: [verbatim, plain("y")] }] }],
  });
});

describe("a message always has text: without one, the topic in words, escaped", () => {
  test.each([
    ["end_user.processed", "End user processed"],
    ["<!channel>.x&y", "&lt;!channel&gt; x&amp;y"],
    ["", "Event"],
    ["...", "Event"],
    ["x".repeat(200), `X${"x".repeat(148)}…`],
  ])("%s", (topic, text) => {
    for (const given of [undefined, "", " \n", 5, null])
      expect(limit({ text: given }, topic)).toEqual({ text });
  });
});

test("keys that lead to prototypes stay keys", () => {
  const message = limit(JSON.parse('{"text":"t","metadata":{"__proto__":{"polluted":1}}}'));
  expect(JSON.stringify(message["metadata"])).toBe('{"__proto__":{"polluted":1}}');
  expect("polluted" in (message["metadata"] as object)).toBe(false);
});
