import { describe, expect, test } from "vitest";
import { runAndGetError, runPostStep, toExpression } from "./step.ts";

describe.concurrent("words", () => {
  test.each<[string, string, string]>([
    ["on-error", "never", "must be fail, warn or ignore"],
    ["on-error", "true", "must be fail, warn or ignore"],
    ["if-missing", "ignore", "must be fail or skip"],
    ["summary", "yes", "must be true or false"],
    ["summary", "1", "must be true or false"],
    ["dry-run", "on", "must be true or false"],
    ["retries", "11", "must be a whole number from 0 to 10"],
    ["retries", "-1", "must be a whole number from 0 to 10"],
    ["retries", "1.5", "must be a whole number from 0 to 10"],
    ["retries", "many", "must be a whole number from 0 to 10"],
    ["retries", "٣", "must be a whole number from 0 to 10"],
    ["timeout", "10", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["timeout", "0s", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["timeout", "11m", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["timeout", "1h", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["timeout", "10 s", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["max-retry-delay", "-1s", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["max-retry-delay", "1e3ms", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
    ["max-retry-delay", "toString", "must be a duration up to 10m, such as 500ms, 10s or 2m"],
  ])("%s cannot be %s", async (name, text, why) => {
    expect(await runAndGetError({ [name]: text })).toBe(`Input ${name} ${why}.`);
  });

  test.each<[string, string]>([
    ["on-error", "WARN"],
    ["if-missing", "Skip"],
    ["retries", "0"],
    ["retries", " 10 "],
    ["timeout", "10m"],
    ["timeout", "600s"],
    ["max-retry-delay", "1ms"],
    ["status", "Failure"],
    ["status", "skipped"],
  ])("%s may be %s", async (name, text) => {
    const { step, requests } = await runPostStep({ [name]: text });
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true" } });
    expect(requests).toHaveLength(1);
  });

  test.each(["true", "True", "TRUE", "false", "False", "FALSE", true, false])(
    "%s is a boolean",
    async (spelled) => {
      const is = String(spelled).toLowerCase() === "true";
      const dry = await runPostStep({ "dry-run": spelled });
      expect(dry.requests).toHaveLength(is ? 0 : 1);
      expect(dry.step.outputs["skipped"]).toBe(String(is));
      const summed = await runPostStep({ summary: spelled });
      expect(summed.step.summary !== "").toBe(is);
    },
  );
});

describe.concurrent("headers", () => {
  test.each<[string, string, string]>([
    ["no colon", "X-Team shop", 'Input headers must be lines of "Name: value".'],
    ["no name", ": canary", 'Input headers must be lines of "Name: value".'],
    ["a name with a space", "X Team: shop", 'A header cannot be sent: "X Team" is not the name of a header.'],
    ["one name twice", "X-Team: a\nX-Team: b", "Input headers sets X-Team twice."],
    ["one name in two cases", "X-Team: a\nx-team: b", "A header cannot be sent: x-team is there twice."],
    ["text outside Latin-1", "X-Team: ✓ canary", "A header cannot be sent: the value of X-Team must be text"],
    [
      "too long a value",
      `X-Team: canary${"x".repeat(8192)}`,
      "the value of X-Team must be text of at most 8192",
    ],
    [
      "an expression",
      `X-Team: ${toExpression("github.actor")}`,
      `Input headers holds the expression ${toExpression("github…")} as it was`,
    ],
  ])("with %s are rejected, and no value is quoted", async (_name, headers, why) => {
    const message = await runAndGetError({ headers });
    expect(message).toContain(why);
    expect(message).not.toContain("canary");
  });

  test.each([
    ...["Host", "Connection", "Content-Length", "Transfer-Encoding", "Expect", "TE", "Upgrade"],
    ...["Heron-Signature", "heron-signature", "Webhook-Id", "webhook-timestamp", "webhook-signature"],
  ])("cannot set %s", async (name) => {
    expect(await runAndGetError({ headers: `${name}: canary` })).toBe(
      `A header cannot be sent: ${name} is set by the sender itself.`,
    );
  });

  test("are sent as they are written", async () => {
    const { requests } = await runPostStep({
      headers: "X-Team: shop: 1\r\n\n  authorization:Bearer abc\nX-Empty:\nUser-Agent: mine\nX-Latin: größe",
    });
    expect(requests[0]?.headers).toMatchObject({
      "x-team": "shop: 1",
      authorization: "Bearer abc",
      "x-empty": "",
      "user-agent": "mine",
      "content-type": "application/json",
      "x-latin": "größe",
    });
  });
});
