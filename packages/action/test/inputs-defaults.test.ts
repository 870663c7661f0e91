import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../src/inputs.ts";
import { readActionFile } from "./runner/action-file.ts";
import { parseSignedBody, runAndGetBody, runAndGetError, runPostStep, toExpression } from "./step.ts";

const { inputs } = await readActionFile(new URL("..", import.meta.url).pathname);

test("what an empty input is, is what action.yml says", () => {
  const declared = [...inputs].flatMap(([name, input]) =>
    input.default === "" ? [] : [[name, input.default]],
  );
  // The runner alone knows how the job went.
  expect({ ...DEFAULTS, status: toExpression("job.status") }).toEqual(Object.fromEntries(declared));
});

describe.concurrent("as the empty string", () => {
  const sides = ["url", "secret", "slack-webhook"];
  const names = [...inputs.keys()].filter((name) => !sides.includes(name));

  test.each(names)("%s is its default", async (name) => {
    const { step, requests } = await runPostStep({ [name]: "" });
    expect(requests).toHaveLength(1);
    expect(step).toMatchObject({ exitCode: 0, annotations: [], outputs: { ok: "true", skipped: "false" } });
    expect(step.summary).toContain("push.pushed");
    expect(parseSignedBody(requests[0])["data"]).toMatchObject({ actor: "octocat", workflow: "CI" });
  });

  test.each(["", "  \n "])("or as %j, all of them together are as if none was given", async (nothing) => {
    const given = Object.fromEntries(names.map((name) => [name, nothing]));
    const body = await runAndGetBody({ ...given, "slack-webhook": nothing });
    expect(body).toMatchObject({ topic: "push.pushed", data: { actor: "octocat", workflow: "CI" } });
    // Except how the job went: the runner puts it in only where it is left out.
    expect(body["data"]).not.toHaveProperty("status");
  });

  test("on-error and if-missing fail", async () => {
    expect(await runAndGetError({ secret: "", "on-error": "", "if-missing": "" })).toContain(
      "Input secret is empty",
    );
  });
});
