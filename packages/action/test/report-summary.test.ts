import { describe, expect, test } from "vitest";
import { getMaskEncodings } from "./runner/masking.ts";
import { Receiver } from "./runner/servers/receiver.ts";
import { runPostStep, SECRET } from "./step.ts";

describe.concurrent("the summary", () => {
  test("is a table with a row for each webhook", async () => {
    await using other = await Receiver.open();
    const { step } = await runPostStep(
      (origin) => ({
        url: `${origin}/hook\n${other.url("/hook")}`,
        retries: 1,
        "max-retry-delay": "10ms",
        topic: "a.b",
      }),
      { answers: [{ status: 503, body: '"no" & never</b>' }] },
    );
    const { id } = JSON.parse(step.outputs["event"] ?? "") as { readonly id: string };
    const lines = step.summary
      .replace(/\d+ ms/g, "N ms")
      .replace(/1:\d+/g, "1:P")
      .trimEnd()
      .split("\n");
    expect(lines).toEqual([
      `<p>Event <code>a.b</code>, <code>${id}</code></p>`,
      "<table>",
      "<tr><th></th><th>Webhook</th><th>Response</th><th>Attempts</th><th>Time</th></tr>",
      `<tr><td>❌</td><td>127.0.0.1:P</td><td>answered 503, the receiver's own failure: "no" &amp; never&lt;/b&gt;</td><td>2</td><td>N ms</td></tr>`,
      "<tr><td>✅</td><td>127.0.0.1:P</td><td>200</td><td>1</td><td>N ms</td></tr>",
      "</table>",
    ]);
    // What the next step writes begins after an empty line.
    expect(step.summary).toMatch(/\n\n$/);
  });

  test("holds nothing secret, even before the runner masks it", async () => {
    const token = "tok_0123456789abcdefghij";
    const { step } = await runPostStep(
      (origin) => ({
        url: `${origin}/hooks/${token}`,
        headers: `Authorization: Bearer ${token}`,
        retries: 0,
      }),
      {
        answers: ({ path, headers }) => ({ status: 400, body: `${path} ${headers.authorization} ${SECRET}` }),
      },
    );
    expect(step.summary).toContain("answered 400");
    for (const secret of [token, SECRET])
      for (const spelling of getMaskEncodings(secret))
        expect(step.rawFiles["step_summary"]).not.toContain(spelling);
  });

  test("is left out with summary: false", async () => {
    const { step } = await runPostStep({ summary: false });
    expect([step.exitCode, step.summary]).toEqual([0, ""]);
  });

  test.each([
    ["is a folder", "."],
    ["is in a folder that is not there", "no/such/folder/summary.md"],
    ["is not named", ""],
    ["is not there", undefined],
  ])("whose file %s does not fail the step", async (_, GITHUB_STEP_SUMMARY) => {
    const { step } = await runPostStep({}, { rawEnv: { GITHUB_STEP_SUMMARY } });
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true" } });
  });

  test("is added to what stands there already", async () => {
    // The file of another, in the workspace, where it can be looked at afterwards.
    const { step } = await runPostStep(
      {},
      { rawEnv: { GITHUB_STEP_SUMMARY: "summary.md" }, workspaceFiles: { "other.md": "x" } },
    );
    const [left = ""] = Object.values(step.filesLeft);
    expect(left).toMatch(/^<p>Event /);
  });
});
