import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeSlack } from "../../src/slack/escape.ts";
import { truncateMrkdwn } from "../../src/slack/truncate-mrkdwn.ts";
import { truncate } from "../../src/truncate.ts";

describe("escapeSlack", () => {
  test.each([
    ["a & b", "a &amp; b"],
    ["<!channel>", "&lt;!channel&gt;"],
    ["&amp;", "&amp;amp;"],
    ["&lt;", "&amp;lt;"],
    ["<<>>&&", "&lt;&lt;&gt;&gt;&amp;&amp;"],
    [`"'*_~\`|@#`, `"'*_~\`|@#`],
    ["", ""],
  ])("%j is %j", (text, escaped) => {
    expect(escapeSlack(text)).toBe(escaped);
  });
});

describe("shorten", () => {
  test.each([
    ["what fits stays", "abcde", 5, "abcde"],
    ["what does not ends with an ellipsis, within the limit", "abcdef", 5, "abcd…"],
    ["to one character", "abc", 1, "…"],
    ["not within an entity", "ab&amp;cd", 5, "ab…"],
    ["not within an entity, one short of its end", "ab&amp;cd", 7, "ab…"],
    ["behind an entity", "ab&amp;cd", 8, "ab&amp;…"],
    ["not within &lt;", "a&lt;bcd", 4, "a…"],
    ["not within &gt;", "a&gt;bcd", 5, "a…"],
    ["behind the last of several", "&lt;&gt;xyz", 9, "&lt;&gt;…"],
    ["an & that begins no entity is one like any other", "a&bcdefgh", 5, "a&bc…"],
    ["not within a pair", "abc😀def", 5, "abc…"],
    ["behind a pair", "abc😀def", 6, "abc😀…"],
    ["half a pair is one like any other", "abc\ud83ddef", 5, "abc\ud83d…"],
    ["not within a link", "ab <https://e.com|e> cd", 12, "ab …"],
    ["not within a link's last character", "ab <https://e.com|e> cd", 20, "ab …"],
    ["behind a link", "ab <https://e.com|e> cd", 22, "ab <https://e.com|e> …"],
    ["not within the second link", "<a|b> <c|d> e", 10, "<a|b> …"],
    ["a > that closes nothing is one like any other", "abcdef > g", 5, "abcd…"],
    ["a < that is never closed is one like any other", "a < bcdef", 7, "a < bc…"],
  ])("%s", (_, text, most, expected) => {
    expect(truncateMrkdwn(text, most)).toBe(expected);
  });

  test("what is cut out of escaped text is escaped text, as long as may be", () => {
    const anyText = fc.string({
      unit: fc.constantFrom("&", "<", ">", "a", "😀", "amp;", ";"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, most) => {
        const whole = escapeSlack(text);
        const short = truncateMrkdwn(whole, most);
        if (whole.length <= most) return short === whole;
        const kept = short.slice(0, -1);
        expect(short.endsWith("…")).toBe(true);
        expect(whole.startsWith(kept)).toBe(true);
        expect(short.length).toBeLessThanOrEqual(most);
        // An entity is at most five long, so no more than four units of room are left over.
        expect(short.length).toBeGreaterThanOrEqual(Math.max(1, most - 4));
        expect(kept).not.toMatch(/&(?!amp;|lt;|gt;)|\p{Surrogate}/u);
        return true;
      }),
      getRuns(2000),
    );
  });
});

describe("cut", () => {
  test.each([
    ["abc", 3, "abc"],
    ["abc", 2, "ab"],
    ["abc", 0, ""],
    ["", 0, ""],
    ["a😀", 3, "a😀"],
    ["a😀", 2, "a"],
    ["😀", 1, ""],
    ["😀", 0, ""],
    ["\ud83dabc", 1, "\ud83d"],
    ["\ude00abc", 1, "\ude00"],
    ["a\ude00bc", 1, "a"],
    ["😀a\ude00", 3, "😀a"],
    ["\ud83dab😀", 1, "\ud83d"],
  ])("%j to %i is %j", (text, length, expected) => {
    expect(truncate(text, length)).toBe(expected);
  });
});
