import { describe, expect, test } from "vitest";
import { humanize, toFields, toMrkdwn } from "../../src/slack/fields.ts";
import { catchHeronError } from "../test-receiver.ts";

const listFields = (data: unknown): readonly string[] =>
  toFields(data).map(({ name, value }) => `${name}: ${value}`);

describe("the fields of data", () => {
  test.each([
    ["what an object holds, in order", { b: "x", a: 1, c: true }, ["B: x", "A: 1", "C: true"]],
    ["objects within by both names", { owner: { first_name: "Ann" } }, ["Owner first name: Ann"]],
    ["three levels of them, the rest as JSON", { a: { b: { c: { d: 1 } } } }, ['A b c: {"d":1}']],
    ["a list of plain values joined", { tags: ["a", 1, false] }, ["Tags: a, 1, false"]],
    ["what is empty in a list left out", { tags: [null, "a", "", " ", "b", null] }, ["Tags: a, b"]],
    ["a list of others counted", { lines: [{}, {}] }, ["Lines: 2 items"]],
    ["one of them", { lines: [[1]] }, ["Lines: 1 item"]],
    ["nothing of null and of what is empty", { a: null, b: "", c: " \n", d: [], e: {}, f: [null, null] }, []],
    ["zero and false, which say something", { a: 0, b: false }, ["A: 0", "B: false"]],
    ["text without the white space around it", { a: " x \n" }, ["A: x"]],
    ["plain data under a name of its own", "text", ["Data: text"]],
    ["a list for data", ["a", "b"], ["Data: a, b"]],
    ["a name without a letter", { "": 1, "_.-": 2 }, ["Data: 1", "Data: 2"]],
    ["no data", null, []],
    ["values as they are, not escaped", { a: "<b> & c" }, ["A: <b> & c"]],
    [
      "keys that lead to prototypes",
      JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
      ["Proto a: 1", "Constructor: 2"],
    ],
    ["what JSON leaves out", { a: undefined, b: { c: { d: { toJSON: () => undefined } } } }, []],
  ])("%s", (_, data, facts) => {
    expect(listFields(data)).toEqual(facts);
  });

  test("200 of them at most", () => {
    const data = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i]));
    expect(toFields(data)).toHaveLength(200);
    expect(toFields({ inner: data })).toHaveLength(200);
  });

  test("what cannot be written as JSON is invalid_event", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const { code, message, cause } = catchHeronError(() => toFields(circle));
    expect([code, message]).toEqual(["invalid_event", "A value of the event cannot be written as JSON."]);
    expect(cause).toBeInstanceOf(TypeError);
  });
});

test.each([
  ["end_user.review_required", "End user review required"],
  ["runUrl", "Run URL"],
  ["end_user_id", "End user ID"],
  ["invoice2Paid", "Invoice2 paid"],
  ["IP-address", "IP address"],
  ["iso api PDF sha", "ISO API PDF SHA"],
  ["  a  b ", "A b"],
  ["HTTPServer", "Httpserver"],
  ["é", "É"],
  ["😀 x", "😀 x"],
  ["_", ""],
])("%s in words is %j", (name, words) => {
  expect(humanize(name)).toBe(words);
});

describe("a value as mrkdwn", () => {
  const path = (length: number): string => `https://e.com/${"p".repeat(length - 14)}`;

  test.each([
    ["text is escaped", "<!here> & *b*", "&lt;!here&gt; &amp; *b*"],
    [
      "an https URL is a link without its scheme",
      "https://e.com/a?b=1&c=2",
      "<https://e.com/a?b=1&amp;c=2|e.com/a?b=1&amp;c=2>",
    ],
    ["http is text", "http://e.com", "http://e.com"],
    ["a scheme alone is text", "https://", "https://"],
    ["a URL in text is text", "see https://e.com", "see https://e.com"],
    ["a URL with a bar is text", "https://e.com/|x", "https://e.com/|x"],
    ["a URL with > is text", "https://e.com/>x", "https://e.com/&gt;x"],
    ["a URL with a space is text", "https://e.com/ x", "https://e.com/ x"],
    ["two lines are text", "https://e.com\nhttps://e.com", "https://e.com\nhttps://e.com"],
  ])("%s", (_, value, mrkdwn) => {
    expect(toMrkdwn(value, 300)).toBe(mrkdwn);
  });

  test("a link shows 60 characters of its URL, and does not part a pair", () => {
    expect(toMrkdwn(path(68), 300)).toBe(`<${path(68)}|${path(68).slice(8)}>`);
    expect(toMrkdwn(path(69), 300)).toBe(`<${path(69)}|${path(69).slice(8, 67)}…>`);
    const paired = `${path(66)}😀x`;
    expect(toMrkdwn(paired, 300)).toBe(`<${paired}|${path(66).slice(8)}…>`);
  });

  test("a link is whole, or text when it is too long", () => {
    expect(toMrkdwn(path(1437), 300)).toBe(`<${path(1437)}|${path(1437).slice(8, 67)}…>`);
    expect(toMrkdwn(path(1438), 300)).toBe(`${path(1438).slice(0, 299)}…`);
  });

  test("text is shortened", () => {
    expect(toMrkdwn("x".repeat(11), 10)).toBe("xxxxxxxxx…");
    expect(toMrkdwn("&&&", 10)).toBe("&amp;…");
  });
});
