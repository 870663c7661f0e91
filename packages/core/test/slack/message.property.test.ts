import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { HeronError } from "../../src/errors.ts";
import { createSlackMessage } from "../../src/slack/message.ts";
import { compileSlackTemplate } from "../../src/slack/template.ts";
import { flattenVariables, toWorkflowVariables } from "../../src/slack/workflow.ts";
import { findFaults, findUnescaped } from "./block-kit.ts";

// Many cases take their time where much else runs.
vi.setConfig({ testTimeout: 60_000 });

/** Text that would mean something to Slack, and text that is long. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("<", ">", "&", "|", "!here", "@U1", "&lt;", " ", "😀", "_", "A", "x") }),
  fc.constantFrom("https://e.com/?a&b", "<!channel>", "", " ", "__proto__", "https://e.com/<"),
  fc
    .tuple(
      fc.constantFrom("x", "&", "<", "😀", "_", "https://e.com/", "a b "),
      fc.integer({ min: 1, max: 4000 }),
    )
    .map(([text, times]) => text.repeat(Math.ceil(times / text.length))),
);

const anyData = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(anyText, fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(anyText, tie("value")), { maxLength: 14 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

const anyEvent = fc.record(
  {
    topic: fc.oneof(anyText, fc.constantFrom("invoice.paid", "end_user.review_required")),
    created: fc.oneof(
      anyText,
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    ),
    data: anyData,
    meta: fc.constant(null),
    id: anyText,
  },
  { requiredKeys: ["topic", "created", "data", "meta"] },
);

test("any event of any data gives a message that Slack takes, in which nothing means more than we wrote", () => {
  const anyOptions = fc.record(
    {
      status: fc.oneof(anyText, fc.constantFrom("success", "failure", "cancelled")),
      title: anyText,
      link: fc.record({ url: anyText, text: anyText.map((text) => text.slice(0, 200)) }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anyEvent, anyOptions, (event, options) => {
      const message = createSlackMessage(event, options);
      expect(findFaults(message)).toEqual([]);
      expect(findUnescaped(message)).toEqual([]);
      expect(createSlackMessage(event, options)).toEqual(message);
    }),
    getRuns(1500),
  );
});

test("any values of JavaScript give a message too, or are invalid_event", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (data) => {
      try {
        const event = { topic: "a.b", created: "", data, meta: null };
        expect(findFaults(createSlackMessage(event))).toEqual([]);
        toWorkflowVariables(event);
      } catch (error) {
        expect(HeronError.is(error, "invalid_event")).toBe(true);
      }
    }),
    getRuns(1000),
  );
});

test("a user's own message of any values is one that Slack takes, and escapes them", () => {
  const template = compileSlackTemplate({
    text: "{{ data }} {{ topic }}",
    blocks: [
      { type: "header", text: { type: "plain_text", text: "{{ topic }}" }, block_id: "{{ topic }}" },
      { type: "section", text: { type: "mrkdwn", text: "*{{ data }}*" }, block_id: "{{ topic }}" },
      { type: "section", fields: Array(12).fill({ type: "mrkdwn", text: "{{ data }}" }) },
      { type: "image", image_url: "https://e.com/a.png", alt_text: "{{ data }}" },
      { type: "markdown", text: "{{ data }}" },
      {
        type: "actions",
        elements: [{ type: "button", text: { type: "plain_text", text: "{{ id }}" }, value: "{{ data }}" }],
      },
      { type: "context", elements: [{ type: "mrkdwn", text: "{{ created }}" }] },
    ],
    attachments: [
      { color: "#000000", blocks: [{ type: "section", text: { type: "mrkdwn", text: "{{ id }}" } }] },
    ],
  });
  fc.assert(
    fc.property(anyEvent, (event) => {
      // What a template renders to is bounded before it is shortened.
      fc.pre(JSON.stringify(event).length < 3000);
      const message = template.render(event);
      expect(findFaults(message)).toEqual([]);
      expect(findUnescaped(message)).toEqual([]);
      expect(JSON.stringify(message)).toBe(template.renderText(event));
    }),
    getRuns(1000),
  );
});

test("a workflow's variables are flat, and every one text, whatever the event", () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const variables = toWorkflowVariables(event);
      expect(Object.values(variables).every((value) => typeof value === "string")).toBe(true);
      expect(Object.keys(variables).length).toBeLessThanOrEqual(200);
      expect(variables["topic"]).toBe(event.topic);
      expect(flattenVariables(variables)).toEqual(variables);
    }),
    getRuns(1000),
  );
});
