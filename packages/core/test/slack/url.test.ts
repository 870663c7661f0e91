import { describe, expect, test } from "vitest";
import { getSlackUrlKind } from "../../src/slack/url.ts";

const TOKEN = "XXXXXXXXXXXXXXXXXXXXXXXX";

describe("the kinds of Slack's URLs", () => {
  test.each([
    [`https://hooks.slack.com/services/T00000000/B00000000/${TOKEN}`, "incoming"],
    [`https://HOOKS.slack.com:443/services/T0/B0/${TOKEN}`, "incoming"],
    [`https://hooks.slack-gov.com/services/T00000000/B00000000/${TOKEN}`, "govslack"],
    ["https://hooks.slack.com/triggers/T00000000/123456789/0123456789abcdef0123456789abcdef", "workflow"],
    ["https://hooks.slack.com/triggers/E00000000/123456789/0123456789abcdef0123456789abcdef", "workflow"],
    ["https://hooks.slack-gov.com/triggers/T00000000/1/abc", "workflow"],
    [`https://hooks.slack.com/workflows/T00000000/A00000000/123456789/${TOKEN}`, "workflow"],
    [`https://hooks.slack.com/workflows/T00000000/F00000000/123456789/${TOKEN}`, "workflow"],
  ])("%s: %s", (url, kind) => {
    expect(getSlackUrlKind(url)).toBe(kind);
  });
});

describe("anything else is none of Slack's", () => {
  test.each([
    ["http", `http://hooks.slack.com/services/T0/B0/${TOKEN}`],
    ["another port", `https://hooks.slack.com:8443/services/T0/B0/${TOKEN}`],
    ["credentials", `https://a:b@hooks.slack.com/services/T0/B0/${TOKEN}`],
    ["a user", `https://a@hooks.slack.com/services/T0/B0/${TOKEN}`],
    ["Slack's host as the user of another", `https://hooks.slack.com@example.com/services/T0/B0/${TOKEN}`],
    ["a query", `https://hooks.slack.com/services/T0/B0/${TOKEN}?a=1`],
    ["a fragment", `https://hooks.slack.com/services/T0/B0/${TOKEN}#a`],
    ["a host that only begins so", `https://hooks.slack.com.example.com/services/T0/B0/${TOKEN}`],
    ["a host that only ends so", `https://xhooks.slack.com/services/T0/B0/${TOKEN}`],
    ["another host of Slack's", `https://slack.com/services/T0/B0/${TOKEN}`],
    ["a host with its last dot", `https://hooks.slack.com./services/T0/B0/${TOKEN}`],
    ["no path", "https://hooks.slack.com/"],
    ["too few segments", "https://hooks.slack.com/services/T0/B0"],
    ["too many segments", `https://hooks.slack.com/services/T0/B0/${TOKEN}/more`],
    ["a slash at its end", `https://hooks.slack.com/services/T0/B0/${TOKEN}/`],
    ["no T", `https://hooks.slack.com/services/X0/B0/${TOKEN}`],
    ["no B", `https://hooks.slack.com/services/T0/X0/${TOKEN}`],
    ["a T in lower case", `https://hooks.slack.com/services/t0/B0/${TOKEN}`],
    ["a token with another character", "https://hooks.slack.com/services/T0/B0/abc-def"],
    ["something before services", `https://hooks.slack.com/x/services/T0/B0/${TOKEN}`],
    ["a trigger without number", "https://hooks.slack.com/triggers/T0/abc/def"],
    ["a trigger of another kind", "https://hooks.slack.com/triggers/X0/1/def"],
    ["a trigger cut short", "https://hooks.slack.com/triggers/T0/1"],
    ["a workflow of another kind", "https://hooks.slack.com/workflows/T0/X0/1/abc"],
    ["a workflow cut short", "https://hooks.slack.com/workflows/T0/A0/1"],
    ["a workflow's E", "https://hooks.slack.com/workflows/E0/A0/1/abc"],
    ["where an action is answered", "https://hooks.slack.com/actions/T0/1/abc"],
    ["where a command is answered", "https://hooks.slack.com/commands/T0/1/abc"],
    ["another site", "https://example.com/services/T0/B0/abc"],
    ["no URL", "hooks.slack.com/services/T0/B0/abc"],
    ["nothing", ""],
  ])("%s", (_, url) => {
    expect(getSlackUrlKind(url)).toBe(null);
  });
});
