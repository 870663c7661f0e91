import { getRuns } from "@heron-webhooks/conformance/runs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Given } from "./runner/inputs.ts";
import { findFaults } from "./runner/servers/block-kit.ts";
import type { SlackMessage } from "./runner/servers/slack.ts";
import { getTexts, runAndGetMessage } from "./step.ts";

const MENTIONS = "<!channel> <!here> <@U1> <#C1> <!subteam^S1> <https://evil.example|click> & @here";
const LONG = `${"<&>".repeat(3000)}😀`;
const context = {
  repository: "acme/shop",
  run_id: "123",
  workflow: MENTIONS,
  actor: MENTIONS,
  ref_name: MENTIONS,
};

/** What stands between `<` and `>` in a message: each is something that Slack acts on. */
function findMarkup(message: SlackMessage): readonly string[] {
  return getTexts(message).flatMap((text) => text.match(/<[^>]*>/g) ?? []);
}

function expectNoMarkup(message: SlackMessage): void {
  expect(findFaults(message)).toEqual([]);
  for (const act of findMarkup(message)) expect(isOwnMarkup(act) || showsTarget(act) || act).toBe(true);
  // An ampersand is the beginning of an entity, also where a text was shortened.
  for (const text of getTexts(message)) expect(text).not.toMatch(/&(?!(?:amp|lt|gt);)/);
  expect(JSON.stringify(message)).not.toMatch(/"(?:channel|link_names|parse)":/);
  for (const part of findMrkdwn(message)) expect(part).toMatchObject({ verbatim: true });
}

/** A time, or a link to what the message is about. */
function isOwnMarkup(act: string): boolean {
  return /^<(?:!date\^\d+\^\{date_short_pretty\} \{time\}\||https:\/\/github\.com\/acme\/)/.test(act);
}

/** A fact that is a URL is a link to it, and looks like what it is. */
function showsTarget(act: string): boolean {
  const [, url = "", shown = ""] = /^<https:\/\/([^\s<>|]+)\|([^|]+)>$/.exec(act) ?? [];
  return shown !== "" && url.startsWith(shown.replace(/…$/, ""));
}

function findMrkdwn(value: unknown): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "type" in value && value.type === "mrkdwn" ? [value] : [];
  return [...own, ...Object.values(value).flatMap(findMrkdwn)];
}

const GIVENS: readonly [string, (text: string) => Given][] = [
  ["the default message", () => ({})],
  ["a field", () => ({ fields: "a:=github.event.text" })],
  ["a message", () => ({ message: "{{ github.event.text }} {{ github.actor }} {{ data }}" })],
  [
    "data",
    (text) => ({ data: JSON.stringify({ [text]: text, list: [text], deep: { [text]: [{ text }] } }) }),
  ],
  ["a template", () => ({ template: '"{{ github.event.text }}"' })],
  [
    "a template of blocks",
    () => ({
      template: JSON.stringify({
        text: "{{ github.event.text }}",
        blocks: [
          { type: "header", text: { type: "plain_text", text: "{{ github.event.text }}" } },
          { type: "section", text: { type: "mrkdwn", text: "{{ github.event.text }}" } },
          { type: "context", elements: [{ type: "mrkdwn", text: "{{ github.event.text }}" }] },
        ],
      }),
    }),
  ],
];

function createHostileEvent(text: string): object {
  const url = "https://github.com/acme/shop/pull/1";
  return {
    text,
    pull_request: {
      title: text,
      html_url: url,
      user: { login: text },
      base: { ref: text },
      head: { ref: text },
    },
  };
}

describe.concurrent.each(GIVENS)("what others wrote, in %s", (_name, given) => {
  test.each([MENTIONS, LONG, "a|b>c", " ", "\n\n", "x".repeat(50_000)])(
    "creates no mention and keeps Slack's limits",
    async (text) => {
      const around = { context, event: createHostileEvent(text), eventName: "pull_request" };
      expectNoMarkup(await runAndGetMessage(given(text.slice(0, 5000)), around));
    },
  );
});

test("whatever it is, Slack takes it and acts on nothing in it", async () => {
  const special = fc.constantFrom(
    "<!channel>",
    "<@U1>",
    "&",
    "<",
    ">",
    "|",
    "*",
    "`",
    "\n",
    "😀",
    "&lt;",
    "{{",
    "https://",
  );
  const part = fc.oneof(
    special,
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "grapheme", minLength: 2500 }),
  );
  const text = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
  const facts = fc.dictionary(text, fc.oneof(text, fc.array(text)), { maxKeys: 14, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(text, facts, async (said, data) => {
      const given = { "data-file": "data.json", message: "{{ github.event.text }}" };
      const around = {
        context,
        event: createHostileEvent(said),
        workspaceFiles: { "data.json": JSON.stringify(data) },
      };
      expectNoMarkup(await runAndGetMessage(given, around));
    }),
    { ...getRuns(8), endOnFailure: true },
  );
});
