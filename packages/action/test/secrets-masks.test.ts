import { describe, expect, test } from "vitest";
import { runPostStep, SECRET } from "./step.ts";

async function getMasks(
  given: Parameters<typeof runPostStep>[0],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { step } = await runPostStep(given, { env });
  return step.masks;
}

describe.concurrent("what is masked", () => {
  test("of a URL: itself, its path, long parts of that, its query and what that holds", async () => {
    const masks = await getMasks({
      url: "https://a.example/x/a-long-part-of-it%2B?key=to%20ken&n=1",
      "dry-run": true,
    });
    expect(masks).toEqual([
      SECRET,
      "https://a.example/x/a-long-part-of-it%2B?key=to%20ken&n=1",
      "/x/a-long-part-of-it%2B",
      "a-long-part-of-it%2B",
      "/x/a-long-part-of-it+",
      "a-long-part-of-it+",
      "key=to%20ken&n=1",
      "to ken",
    ]);
  });

  test("of headers: values, and what follows the scheme; of public ones nothing", async () => {
    const headers =
      "X-Key: one: two\nAuthorization: bearer abcdef\nContent-Type: text/json\nAccept: */*\nUser-Agent: mine";
    const masks = await getMasks({ headers });
    expect(masks.slice(-3)).toEqual(["one: two", "bearer abcdef", "abcdef"]);
  });

  test("of a proxy: the password, as it is written and as it is sent", async () => {
    const masks = await getMasks(
      {},
      { http_proxy: "http://me:p%40ssword@127.0.0.1:9", NO_PROXY: "127.0.0.1" },
    );
    expect(masks.slice(-4)).toEqual(["me:p%40ssword", "p%40ssword", "me:p@ssword", "p@ssword"]);
  });

  test("is not what every log and output holds, so that outputs can be passed on", async () => {
    const { step } = await runPostStep((origin) => ({
      url: `${origin}/hooks/abc?wait=true&thread=12345&format=slack`,
      headers: "X-Silent: false\nX-Version: 2024\nX-State: delivered",
    }));
    expect(step.jobOutputs).toEqual(step.outputs);
    expect(step.outputs).toMatchObject({ ok: "true", skipped: "false" });
  });
});

describe.concurrent("a secret that is short", () => {
  test("can be guessed, which is said", async () => {
    const { step } = await runPostStep({ secret: "fifteen-letters" });
    expect(step).toMatchObject({ exitCode: 0, outputs: { ok: "true" } });
    expect(step.annotations).toMatchObject([
      {
        level: "warning",
        message:
          "A secret of 15 characters can be guessed, and under 4 cannot be masked: use 32 random characters.",
      },
    ]);
    expect((await runPostStep({ secret: "sixteen--letters" })).step.annotations).toEqual([]);
  });

  test("of under 4 characters is not masked, which is said, once all others are", async () => {
    const { step } = await runPostStep({ secret: "abc", headers: "X-Key: another-secret" });
    expect(step.masks).not.toContain("abc");
    expect(step.masks).toContain("another-secret");
    expect(step.annotations.map(({ message }) => message)).toEqual([
      "A secret of 3 characters can be guessed, and under 4 cannot be masked: use 32 random characters.",
    ]);
    const lines = step.rawOutput.split("\n");
    expect(lines.findLastIndex((line) => line.startsWith("::add-mask::"))).toBeLessThan(
      lines.findIndex((line) => line.startsWith("::warning")),
    );
  });
});
