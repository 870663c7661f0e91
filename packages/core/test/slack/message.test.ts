import { describe, expect, test } from "vitest";
import { filterObjects } from "../../src/slack/blocks.ts";
import type { SlackMessage, SlackObject } from "../../src/slack/types.ts";
import { CREATED_TEXT, context, createCheckedMessage, header, mrkdwn } from "./create-checked-message.ts";

/** The text of the message's last block, which says when and which. */
function getLastBlock(made: SlackMessage): string {
  const last = (made.attachments?.[0] ?? made)["blocks"] as readonly SlackObject[];
  return filterObjects(last.at(-1)?.["elements"])
    .map((element) => String(element["text"]))
    .join();
}

describe("any event", () => {
  test("has a header from its topic, its data as fields, time and id, and text for notifications", () => {
    expect(createCheckedMessage()).toEqual({
      text: "Invoice paid: Amount 12.5, Owner name Ann &lt;3",
      blocks: [
        header("Invoice paid"),
        { type: "section", fields: [mrkdwn("*Amount*\n12.5"), mrkdwn("*Owner name*\nAnn &lt;3")] },
        context(`${CREATED_TEXT}  ·  \`invoice.paid\``),
      ],
    });
  });

  test("without data has no fields", () => {
    expect(createCheckedMessage({ data: null })).toEqual({
      text: "Invoice paid",
      blocks: [header("Invoice paid"), context(`${CREATED_TEXT}  ·  \`invoice.paid\``)],
    });
  });

  test("with an id says it, escaped", () => {
    expect(getLastBlock(createCheckedMessage({ id: "evt_<1>" }))).toBe(
      `${CREATED_TEXT}  ·  \`invoice.paid\`  ·  evt_&lt;1&gt;`,
    );
  });

  test.each([
    [
      "2026-01-01T02:00:00.500+02:00",
      "<!date^1767225600^{date_short_pretty} {time}|2026-01-01T02:00:00.500+02:00>",
    ],
    ["2026-01-01", "<!date^1767225600^{date_short_pretty} {time}|2026-01-01>"],
    ["1969-12-31T23:59:59.500Z", "<!date^-1^{date_short_pretty} {time}|1969-12-31T23:59:59.500Z>"],
    ["soon", "soon"],
    ["<!channel>", "&lt;!channel&gt;"],
    ["2026-13-01", "2026-13-01"],
  ])("created %s is %s", (created, when) => {
    expect(getLastBlock(createCheckedMessage({ created }))).toBe(`${when}  ·  \`invoice.paid\``);
  });

  test("of a topic as no sender of ours has it is escaped, and has words", () => {
    const made = createCheckedMessage({ topic: "<!here>", data: null });
    expect(made.text).toBe("&lt;!here&gt;");
    expect(made.blocks?.[0]).toEqual(header("&lt;!here&gt;"));
    expect(getLastBlock(made)).toBe(`${CREATED_TEXT}  ·  \`&lt;!here&gt;\``);
    expect(createCheckedMessage({ topic: "", data: null }).text).toBe("Event");
  });
});

describe("the fields", () => {
  const keyed = (length: number): object =>
    Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, i]));
  const fields = (data: unknown): readonly SlackObject[] =>
    createCheckedMessage({ data }).blocks?.[1]?.["fields"] as readonly SlackObject[];

  test("ten are shown, and the rest counted", () => {
    expect(fields(keyed(10))).toHaveLength(10);
    expect(getLastBlock(createCheckedMessage({ data: keyed(10) }))).not.toMatch(/more/);
    expect(fields(keyed(11)).at(-1)).toEqual(mrkdwn("*K9*\n9"));
    expect(getLastBlock(createCheckedMessage({ data: keyed(11) }))).toMatch(/ {2}· {2}1 more field$/);
    expect(getLastBlock(createCheckedMessage({ data: keyed(12) }))).toMatch(/ {2}· {2}2 more fields$/);
  });

  test("a notification has three", () => {
    expect(createCheckedMessage({ data: keyed(4) }).text).toBe("Invoice paid: K0 0, K1 1, K2 2");
    expect(createCheckedMessage({ data: { a: "<!here>", "b<": 1 } }).text).toBe(
      "Invoice paid: A &lt;!here&gt;, B&lt; 1",
    );
    expect(createCheckedMessage({ data: { a: "x".repeat(400) } }).text).toBe(
      `Invoice paid: A ${"x".repeat(283)}…`,
    );
  });

  test("a value is shortened at 300 characters, a name at 200", () => {
    expect(fields({ a: "x".repeat(300) })).toEqual([mrkdwn(`*A*\n${"x".repeat(300)}`)]);
    expect(fields({ a: "x".repeat(301) })).toEqual([mrkdwn(`*A*\n${"x".repeat(299)}…`)]);
    expect(fields({ a: `${"x".repeat(297)}&x` })).toEqual([mrkdwn(`*A*\n${"x".repeat(297)}…`)]);
    expect(fields({ ["x".repeat(201)]: 1 })).toEqual([mrkdwn(`*X${"x".repeat(198)}…*\n1`)]);
  });

  test("a link stays whole, however long", () => {
    const url = `https://e.com/${"x".repeat(1000)}`;
    expect(fields({ pdf: url })).toEqual([mrkdwn(`*PDF*\n<${url}|${url.slice(8, 67)}…>`)]);
  });
});

describe("options", () => {
  test.each([
    ["success", "#1a7f37", "✅"],
    ["failure", "#cf222e", "❌"],
    ["cancelled", "#6e7781", "⏹️"],
    ["skipped", "#6e7781", "⏭️"],
  ])("status %s gives colour and sign", (status, color, sign) => {
    const { text, blocks, attachments } = createCheckedMessage({}, { status });
    expect(text).toBe(`${sign} Invoice paid: Amount 12.5, Owner name Ann &lt;3`);
    expect(blocks).toEqual([header(`${sign} Invoice paid`)]);
    expect(attachments).toEqual([{ color, blocks: createCheckedMessage().blocks?.slice(1) }]);
  });

  test.each([undefined, "", "unknown", "constructor", "__proto__"])("status %j gives neither", (status) => {
    expect(createCheckedMessage({}, { status })).toEqual(createCheckedMessage());
  });

  test("text is mrkdwn, before the fields, and replaces them in the notification", () => {
    const { text, blocks } = createCheckedMessage({}, { text: "*Hello* &amp; <https://e.com|x>" });
    expect(text).toBe("Invoice paid: *Hello* &amp; <https://e.com|x>");
    expect(blocks?.[1]).toEqual({ type: "section", text: mrkdwn("*Hello* &amp; <https://e.com|x>") });
    expect(createCheckedMessage({}, { text: "" }).blocks).toEqual(createCheckedMessage().blocks);
    expect(createCheckedMessage({}, { text: "" }).text).toBe("Invoice paid");
  });

  test("title replaces the topic, escaped", () => {
    const { text, blocks } = createCheckedMessage({ data: null }, { title: "A <b> & c", status: "success" });
    expect(text).toBe("✅ A &lt;b&gt; &amp; c");
    expect(blocks).toEqual([header("✅ A &lt;b&gt; &amp; c")]);
    expect(createCheckedMessage({}, { title: "&".repeat(200) }).blocks?.[0]).toEqual(
      header(`${"&amp;".repeat(29)}…`),
    );
  });

  test("fields replace those of the data", () => {
    const { text, blocks } = createCheckedMessage({}, { fields: { "Run <1>": "ok" } });
    expect(text).toBe("Invoice paid: Run &lt;1&gt; ok");
    expect(blocks?.[1]).toEqual({ type: "section", fields: [mrkdwn("*Run &lt;1&gt;*\nok")] });
    expect(createCheckedMessage({}, { fields: {} })).toEqual(createCheckedMessage({ data: null }));
    expect(createCheckedMessage({}, { fields: null })).toEqual(createCheckedMessage({ data: null }));
    expect(createCheckedMessage({}, { fields: undefined })).toEqual(createCheckedMessage());
  });

  test("link comes last; text unless it is an https URL", () => {
    const link = (url: string): string =>
      getLastBlock(createCheckedMessage({}, { link: { url, text: "<Run>" } }));
    expect(link("https://e.com/?a&b")).toBe(
      `${CREATED_TEXT}  ·  \`invoice.paid\`  ·  <https://e.com/?a&amp;b|&lt;Run&gt;>`,
    );
    for (const url of ["!channel", "http://e.com", "https://e.com|x"])
      expect(link(url)).toBe(`${CREATED_TEXT}  ·  \`invoice.paid\`  ·  &lt;Run&gt;`);
  });
});
