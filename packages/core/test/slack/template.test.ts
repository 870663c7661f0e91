import { describe, expect, test } from "vitest";
import { compileSlackTemplate, type SlackTemplateOptions } from "../../src/slack/template.ts";
import type { SlackObject } from "../../src/slack/types.ts";
import { catchHeronError } from "../test-receiver.ts";
import { findFaults } from "./block-kit.ts";

const SCOPE = {
  topic: "invoice.paid",
  data: { amount: 12.5, name: "<!channel> & co", url: "https://e.com/?a=1&b=2", list: ["<"], none: null },
};

function render(json: unknown, options: SlackTemplateOptions = {}, scope: object = SCOPE): SlackObject {
  const message = compileSlackTemplate(json, options).render({ ...scope });
  if (options.workflow !== true) expect(findFaults(message)).toEqual([]);
  return message;
}

test("text alone is a message of text", () => {
  expect(render("Paid: {{ data.amount }}")).toEqual({ text: "Paid: 12.5" });
  expect(render({ text: "Paid: {{ data.amount }}" })).toEqual({ text: "Paid: 12.5" });
});

test("an object is a message, its own mrkdwn kept and every value escaped, a value alone too", () => {
  const button = {
    type: "button",
    text: { type: "plain_text", text: "{{ data.amount }}" },
    url: "{{ data.url }}",
  };
  expect(
    render({
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: "*{{ data.name }}* <https://e.com|x>" } },
        { type: "section", fields: [{ type: "mrkdwn", text: "{{ data.list }}" }], accessory: button },
        { type: "image", image_url: "{{ data.url }}", alt_text: "{{ data.name }}" },
      ],
    }),
  ).toEqual({
    text: "Invoice paid",
    blocks: [
      {
        type: "section",
        text: { type: "mrkdwn", text: "*&lt;!channel&gt; &amp; co* <https://e.com|x>", verbatim: true },
      },
      {
        type: "section",
        fields: [{ type: "mrkdwn", text: '["&lt;"]', verbatim: true }],
        accessory: {
          type: "button",
          text: { type: "plain_text", text: "12.5" },
          url: "https://e.com/?a=1&b=2",
        },
      },
      { type: "image", image_url: "https://e.com/?a=1&b=2", alt_text: "&lt;!channel&gt; &amp; co" },
    ],
  });
});

test("a placeholder is text always: null and missing nothing, a default as text", () => {
  expect(render('{{ data.none }}|{{ data.absent }}|{{ data.none ?? ["<"] }}')).toEqual({
    text: '||["&lt;"]',
  });
  expect(render({ text: "{{ data.amount }}" })).toEqual({ text: "12.5" });
  expect(render({ text: "{{ data.absent }}" })).toEqual({ text: "Invoice paid" });
});

test("missing may be an error", () => {
  expect(catchHeronError(() => render("{{ data.absent }}", { missing: "error" })).code).toBe(
    "template_missing",
  );
});

test("other roots may be named", () => {
  expect(render("{{ run.name }}", { roots: ["run"] }, { run: { name: "<n>" } })).toEqual({
    text: "&lt;n&gt;",
  });
});

test("what is rendered keeps Slack's limits, though its topic is none", () => {
  expect(render({ blocks: [{ type: "divider" }] }, {}, {})).toEqual({
    text: "Event",
    blocks: [{ type: "divider" }],
  });
  expect(
    render({
      text: "t",
      blocks: [{ type: "header", text: { type: "plain_text", text: "{{ data.absent }}" } }],
    }),
  ).toEqual({ text: "t" });
});

test("renderText is what render gives, as JSON", () => {
  expect(compileSlackTemplate("{{ data.name }}").renderText(SCOPE)).toBe(
    '{"text":"&lt;!channel&gt; &amp; co"}',
  );
});

describe("url and image_url must come out as an https URL", () => {
  const url = (given: string, data: unknown = null): unknown =>
    render({ text: "t", metadata: { list: [{ url: given }] } }, {}, { data });

  test.each([["https://e.com"], [`https://e.com/${"x".repeat(2986)}`]])("%s", (value) => {
    expect(url("{{ data }}", value)).toMatchObject({ metadata: { list: [{ url: value }] } });
    expect(url(value)).toMatchObject({ metadata: { list: [{ url: value }] } });
  });

  test.each([
    ["http://e.com"],
    ["javascript:alert(1)"],
    [" https://e.com"],
    ["e.com"],
    ["https://"],
    [""],
    [`https://e.com/${"x".repeat(2987)}`],
  ])("not %j", (value) => {
    for (const key of ["url", "image_url", "title_link", "thumb_url"]) {
      const json = { text: "t", blocks: [{ type: "image", alt_text: "x", [key]: "{{ data }}" }] };
      const { code, message } = catchHeronError(() => render(json, {}, { data: value }));
      expect(code).toBe("url_invalid");
      expect(message).toBe(
        `In the Slack message, ${key} must render to an https URL of at most 3000 characters.`,
      );
    }
  });

  test("one that is put together too", () => {
    expect(url("https://e.com/{{ data }}", "a?b&c")).toMatchObject({
      metadata: { list: [{ url: "https://e.com/a?b&c" }] },
    });
    expect(catchHeronError(() => url("{{ data }}://e.com", "ftp")).code).toBe("url_invalid");
  });

  test("an object under that name is looked into", () => {
    const json = (inner: string): object => ({ text: "t", metadata: { url: { url: inner } } });
    expect(catchHeronError(() => render(json("http://e.com"))).code).toBe("url_invalid");
    expect(render(json("https://e.com"))["text"]).toBe("t");
    const nothing = { text: "t", metadata: { url: null, list: [null, 1, true] } };
    expect(render(nothing)).toEqual(nothing);
  });
});

describe("a template that cannot be one of a message", () => {
  test.each([
    [null, "null"],
    [7, "7"],
    [["text"], "a list"],
    [undefined, "undefined"],
  ])("%j", (json, found) => {
    const { code, message } = catchHeronError(() => compileSlackTemplate(json));
    expect(code).toBe("template_invalid");
    expect(message).toBe(
      `Invalid template: at the top: expected text, or an object with text, blocks or attachments, found ${found}.`,
    );
  });

  test.each([
    ["channel", "a Slack webhook posts to its own channel only"],
    ["link_names", "it turns names in values into mentions"],
    ["parse", "it turns text in values into mentions and links"],
  ])("%s", (key, why) => {
    const { code, message } = catchHeronError(() => compileSlackTemplate({ text: "t", [key]: "x" }));
    expect(code).toBe("template_invalid");
    expect(message).toBe(`Invalid template: at /${key}: leave it out, ${why}.`);
    expect(render({ [key]: "x" }, { workflow: true })).toEqual({ [key]: "x" });
  });

  test("what is wrong with any template", () => {
    expect(catchHeronError(() => compileSlackTemplate({ blocks: [{ type: "{{ date }}" }] })).message).toMatch(
      /: at \/blocks\/0\/type, character 4: expected a path that begins with data, /,
    );
    expect(catchHeronError(() => compileSlackTemplate("{{")).message).toMatch(/: at \/text, character 3: /);
    expect(catchHeronError(() => compileSlackTemplate({ text: 1n }, { workflow: true })).code).toBe(
      "template_invalid",
    );
  });
});

test("for a workflow what is rendered is flat, text and not escaped", () => {
  const json = {
    name: "{{ data.name }}",
    inner: { amount: "{{ data.amount }}", n: 1 },
    list: ["{{ data.list }}"],
  };
  const template = compileSlackTemplate(json, { workflow: true });
  expect(template.render(SCOPE)).toEqual({
    name: "<!channel> & co",
    inner_amount: "12.5",
    inner_n: "1",
    list: '["[\\"<\\"]"]',
  });
  expect(template.renderText(SCOPE)).toBe(JSON.stringify(template.render(SCOPE)));
  expect(render({ url: "http://e.com" }, { workflow: true })).toEqual({ url: "http://e.com" });
});
