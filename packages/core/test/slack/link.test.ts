import { expect, test } from "vitest";
import { compileSlackTemplate } from "../../src/slack/index.ts";
import { formatSlackLink } from "../../src/slack/link.ts";
import { catchHeronError } from "../test-receiver.ts";

const render = (text: string, value: unknown): unknown =>
  compileSlackTemplate({ text }).render({ data: { v: value, w: "w" } })["text"];

test("only an https URL makes a link: anything else might be a mention", () => {
  expect(formatSlackLink("https://e.com", "<b> & c|d")).toBe("<https://e.com|&lt;b&gt; &amp; c¦d>");
  for (const url of [
    "!channel",
    "@U123",
    "http://e.com",
    "https://",
    "https://e.com|x",
    "https://e.com>x",
    "javascript:1",
  ])
    expect(formatSlackLink(url, "text")).toBe(null);
});

test.each([
  "!channel",
  "!here|x",
  "@U123",
  "#C1",
  "javascript:alert(1)",
  "",
  null,
  "https://e.com|Approve",
  "https://e.com x",
])("where a template begins a link, a value that is no URL is rejected: %j", (value) => {
  for (const text of ["<{{ data.v }}>", "a <{{ data.v }}|open> b", "<{{ data.v }}/path|x>"])
    expect(catchHeronError(() => render(text, value)).code).toBe("url_invalid");
});

test("a URL makes a link, escaped", () => {
  expect(render("<{{ data.v }}|open>", "https://e.com/?a=1&b=2")).toBe("<https://e.com/?a=1&amp;b=2|open>");
  expect(render("<{{ data.v }}>", "mailto:a@e.com")).toBe("<mailto:a@e.com>");
});

test("further on in a link a value can neither end the URL nor add a text to it", () => {
  expect(render("<https://e.com/{{ data.v }}|open>", "a|b> <c d")).toBe(
    "<https://e.com/a%7Cb%3E%20%3Cc%20d|open>",
  );
  expect(render("<https://e.com/{{ data.w }}/{{ data.v }}>", "x|y")).toBe("<https://e.com/w/x%7Cy>");
});

test("in the text of a link, and in an author's own mention or date, a bar is a broken one", () => {
  expect(render("<https://e.com|{{ data.v }}>", "a|b>")).toBe("<https://e.com|a¦b&gt;>");
  expect(render("<@{{ data.v }}>", "U1|x")).toBe("<@U1¦x>");
  expect(render("<!date^{{ data.v }}^{date}|then>", "1|2")).toBe("<!date^1¦2^{date}|then>");
});

test("a < that begins no link, and what stands behind one, are as anything else", () => {
  expect(render("1 <{{ data.v }}", "!channel")).toBe("1 <!channel");
  expect(render("<https://e.com|x> {{ data.v }} >", "!channel|<b>")).toBe(
    "<https://e.com|x> !channel|&lt;b&gt; >",
  );
});

test("a default that is no URL, where a link begins, is a fault of the template, with its place", () => {
  const { code, message } = catchHeronError(() =>
    compileSlackTemplate({ text: 'a <{{ data.v ?? "none" }}|x>' }),
  );
  expect(code).toBe("template_invalid");
  expect(message).toContain("at /text, character 4: expected a default that is valid here");
  expect(render('<{{ data.v ?? "https://e.com" }}|x>', null)).toBe("<https://e.com|x>");
});
