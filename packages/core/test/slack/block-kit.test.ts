import { describe, expect, test } from "vitest";
import { findFaults, findUnescaped } from "./block-kit.ts";

const plain = (text: string): object => ({ type: "plain_text", text });
const mrkdwn = (text: string): object => ({ type: "mrkdwn", text, verbatim: true });
const of = (...blocks: readonly object[]): object => ({ text: "t", blocks });
const button = (more: object): object => ({
  type: "actions",
  elements: [{ type: "button", text: plain("b"), ...more }],
});
const x = (length: number): string => "x".repeat(length);

describe("the checker of these tests", () => {
  test.each([
    ["text alone", { text: "t" }],
    [
      "every block",
      of(
        { type: "header", text: plain(x(150)) },
        { type: "section", text: mrkdwn(x(3000)), fields: Array(10).fill(mrkdwn(x(2000))), block_id: "a" },
        { type: "context", elements: Array(10).fill(mrkdwn("x")) },
        button({ value: x(2000), url: "https://e.com" }),
        { type: "image", image_url: "https://e.com", alt_text: x(2000), title: plain(x(2000)) },
        { type: "markdown", text: x(12_000) },
        { type: "divider", block_id: "b" },
      ),
    ],
    [
      "an attachment",
      { text: "t", attachments: [{ color: "#000000", blocks: [{ type: "divider" }] }, { text: "x" }] },
    ],
  ])("lets through %s", (_, message) => {
    expect(findFaults(message)).toEqual([]);
  });

  test.each([
    ["no text", {}],
    ["white space for text", { text: " " }],
    ["long text", { text: x(40_001) }],
    ["a channel", { text: "t", channel: "#general" }],
    ["link_names", { text: "t", link_names: true }],
    ["no blocks in blocks", of()],
    ["51 blocks", of(...Array<object>(51).fill({ type: "divider" }))],
    ["a long header", of({ type: "header", text: plain(x(151)) })],
    ["mrkdwn in a header", of({ type: "header", text: mrkdwn("x") })],
    ["a long section", of({ type: "section", text: mrkdwn(x(3001)) })],
    ["an empty section", of({ type: "section" })],
    ["11 fields", of({ type: "section", fields: Array(11).fill(mrkdwn("x")) })],
    ["a long field", of({ type: "section", fields: [mrkdwn(x(2001))] })],
    ["an empty field", of({ type: "section", fields: [mrkdwn("")] })],
    ["11 elements of context", of({ type: "context", elements: Array(11).fill(mrkdwn("x")) })],
    ["26 actions", of({ type: "actions", elements: Array(26).fill({ type: "image", alt_text: "x" }) })],
    ["a long button", of(button({ text: plain(x(76)) }))],
    ["a long value", of(button({ value: x(2001) }))],
    ["a long action_id", of(button({ action_id: x(256) }))],
    ["a long url", of(button({ url: `https://${x(3000)}` }))],
    ["an image without words", of({ type: "image", image_url: "https://e.com" })],
    ["a long title", of({ type: "image", alt_text: "x", title: plain(x(2001)) })],
    [
      "a block_id that is there twice",
      of({ type: "divider", block_id: "a" }, { type: "divider", block_id: "a" }),
    ],
    ["a long block_id", of({ type: "divider", block_id: x(256) })],
    ["much markdown", of({ type: "markdown", text: x(6001) }, { type: "markdown", text: x(6000) })],
    ["101 attachments", { text: "t", attachments: Array(101).fill({ text: "x" }) }],
    ["an attachment that says nothing", { text: "t", attachments: [{ color: "#000000" }] }],
    ["mrkdwn that is not verbatim", of({ type: "section", text: { type: "mrkdwn", text: "x" } })],
    ["half a pair", { text: "\ud83d" }],
  ])("rejects %s", (_, message) => {
    expect(findFaults(message)).not.toEqual([]);
  });

  test("knows our links and dates from what is not escaped", () => {
    const date = "<!date^0^{date_short_pretty} {time}|1970>";
    expect(findUnescaped({ text: `&amp; ${date} <https://e.com/?a&amp;b|e &lt;>` })).toEqual([]);
    expect(findUnescaped(of({ type: "section", text: mrkdwn("<!here> & <https://e.com/?a&b|e>") }))).toEqual([
      "<",
      ">",
      "&",
      "&",
    ]);
  });
});
