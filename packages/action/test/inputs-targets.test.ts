import { describe, expect, test } from "vitest";
import { runStep } from "./runner/run-step.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { parseSignedBody, runAndGetError, runPostStep, SECRET } from "./step.ts";

const SECOND = "sec_another9s8d7f6g5h4j3k2l1q0w9e8r7";

describe.concurrent.each(["url", "slack-webhook"])("%s", (name) => {
  test.each<[string, string, string]>([
    ["plain http", "http://canary.example.com/hook", "it must begin with https://"],
    ["another scheme", "ftp://canary.example.com/hook", "it must begin with https://"],
    ["a user and password", "https://canary:canary@example.com/", "Use an Authorization header."],
    ["no URL", "canary.example.com/hook", "Write all of it, such as"],
    ["a name in quotes", '"https://canary.example.com"', "this is not a URL."],
    ["too long a URL", `https://canary.example.com/${"x".repeat(2048)}`, "of at most 2048 characters"],
  ])("with %s is rejected, and not quoted", async (_name, url, why) => {
    const message = await runAndGetError({ url: "", "slack-webhook": "", [name]: url });
    expect(message).toMatch(new RegExp(`^Input ${name}, line 1: The URL cannot be used: `));
    expect(message).toContain(why);
    expect(message).not.toContain("canary");
  });

  test("with an empty line is rejected, since something is missing there", async () => {
    const message = await runAndGetError((origin) => ({
      [name]: `${origin}/services/x\n\n${origin}/services/y`,
    }));
    expect(message).toContain(
      `Input ${name}, line 2, is empty. Pull requests from forks and Dependabot get no secrets`,
    );
  });

  test("on Slack's host that is none of its webhooks is rejected", async () => {
    const url = "https://hooks.slack.com/services/T00000000/B00000000/hooktokenhooktokenhookto?x=1";
    const message = await runAndGetError({ [name]: url });
    expect(message).toContain("is on Slack's host but is not a webhook URL");
    expect(message).not.toContain("hooktoken");
  });

  test("is named by its line", async () => {
    const message = await runAndGetError((origin) => ({ [name]: `${origin}/services/x\nnot one\n` }));
    expect(message).toContain(`Input ${name}, line 2: The URL cannot be used`);
  });
});

test.concurrent("nothing says where to send to", async () => {
  expect(await runAndGetError({ url: "", secret: "" })).toBe(
    'No destination: set url or slack-webhook. Pull requests from forks and Dependabot get no secrets: for these, add "if-missing: skip". Otherwise check the secret\'s name and scope.',
  );
});

test.concurrent("at most 10 webhooks are posted to", async () => {
  const urls = (origin: string, count: number): string =>
    Array.from({ length: count }, (_, i) => `${origin}/${i}`).join("\n");
  expect(await runAndGetError((origin) => ({ url: urls(origin, 11) }))).toBe(
    "Input url and slack-webhook name more than 10 webhooks.",
  );
  const { requests } = await runPostStep((origin) => ({ url: urls(origin, 10) }));
  expect(requests).toHaveLength(10);
});

test.concurrent("this machine itself may be http, by each of its names", async () => {
  const { step, requests } = await runPostStep((origin) => ({
    url: `${origin}/a\n${origin.replace("127.0.0.1", "localhost")}/b`,
  }));
  expect(step.outputs["delivered"]).toBe("2");
  expect(requests.map(({ path }) => path).sort()).toEqual(["/a", "/b"]);
});

describe.concurrent("secret", () => {
  test("that is empty is explained by forks", async () => {
    expect(await runAndGetError({ secret: "" })).toBe(
      'Input secret is empty, so the event for url cannot be signed. Pull requests from forks and Dependabot get no secrets: for these, add "if-missing: skip". Otherwise check the secret\'s name and scope.',
    );
  });

  test("in another library's spelling is rejected, since signatures would not match", async () => {
    const message = await runAndGetError({ secret: "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5" });
    expect(message).toContain("Input secret begins with whsec_");
    expect(message).toMatch(/Use .* such as sec_… at both ends/);
    expect(message).not.toContain("Y2Fu");
  });

  test.each<[string, number]>([
    [`${SECRET}\n${SECOND}`, 2],
    [`${SECRET}\n${SECOND}\n${SECRET}\n${SECOND}`, 4],
  ])("of other lines than there are webhooks to sign for is rejected", async (secret, count) => {
    const message = await runAndGetError((origin) => ({
      secret,
      url: `${origin}/1\n${origin}/2\n${origin}/3`,
      "slack-webhook": `${origin}/services/4`,
    }));
    expect(message).toBe(
      `Input secret must be one line for all, or one for each of the 3 URLs that are signed; it has ${count}.`,
    );
  });

  test("signs each webhook with its own, in order, or all with the one", async () => {
    const byPath = async (secret: string): Promise<readonly string[]> => {
      const { requests } = await runPostStep((origin) => ({ secret, url: `${origin}/0\n${origin}/1\n` }));
      return [SECRET, SECOND].map((one) => {
        const signed = requests.filter((request) => {
          try {
            return parseSignedBody(request, one);
          } catch {
            return false;
          }
        });
        return signed
          .map(({ path }) => path)
          .sort()
          .join();
      });
    };
    expect(await byPath(`${SECRET}\n${SECOND}\n`)).toEqual(["/0", "/1"]);
    expect(await byPath(`${SECRET}\r\n  ${SECOND}  `)).toEqual(["/0", "/1"]);
    expect(await byPath(`\n${SECRET}\n`.trim())).toEqual(["/0,/1", ""]);
  });

  test.each<[string, string, number]>([
    ["first", `\n${SECOND}\n`, 1],
    ["last", `${SECRET}\n\n`, 2],
  ])("missing in the %s line is not made up for by its neighbour's", async (_name, secret, line) => {
    const message = await runAndGetError((origin) => ({ secret, url: `${origin}/0\n${origin}/1` }));
    expect(message).toContain(`Input secret, line ${line}, is empty, so the event for url cannot be signed.`);
  });

  test("is not needed for Slack, under either name", async () => {
    await using receiver = await Receiver.open();
    const step = await runStep({ with: { "slack-webhook": receiver.url("/services/x"), secret: "" } });
    expect(step.outputs["ok"]).toBe("true");
    const url = "https://hooks.slack.com/services/T00000000/B00000000/hooktokenhooktokenhookto";
    const dry = await runStep({ with: { url, "dry-run": true } });
    expect(dry).toMatchObject({ exitCode: 0, annotations: [{ level: "notice" }] });
  });
});
