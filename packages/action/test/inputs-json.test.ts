import { describe, expect, test } from "vitest";
import { runAndGetBody, runAndGetError } from "./step.ts";

describe.concurrent("data", () => {
  test.each<[string, string, string]>([
    ["a quote that was put in", '{"title":"say "hi""}', ", from line 1, column 16 on"],
    ["a line break that was put in", '{"title":"one\ntwo"}', ", from line 1, column 14 on"],
    ["a fault further down", '{\n  "a": 1,\n  b: 2\n}', ", from line 3, column 3 on"],
    ["an end too soon", '{"title": [1', ", it ends too soon"],
    ["no JSON at all", "hello there", ", from line 1, column 1 on"],
  ])("that is not JSON, for %s, is rejected by its place, and not quoted", async (_name, data, place) => {
    const message = await runAndGetError({ data });
    expect(message).toContain(`Input data is not JSON${place}. `);
    expect(message).toContain("toJSON(…) }} without quotes, or use fields, which take any text.");
    for (const word of ["say", "one", "two", "title", "hello"]) expect(message).not.toContain(`"${word}`);
  });

  test("that is not JSON is not quoted in debug messages either", async () => {
    const message = await runAndGetError({ data: "canary-of-data" }, { debug: true });
    expect(message).not.toContain("canary");
  });

  test("may be any JSON", async () => {
    for (const json of ['{"a":[1,null,true]}', "[]", "3", '"text"', "null", ' {"a" : 1}\n'])
      expect((await runAndGetBody({ data: json }))["data"]).toEqual(JSON.parse(json));
  });

  test("may come from a file of the workspace", async () => {
    const { data } = await runAndGetBody(
      { "data-file": "out/data.json" },
      { workspaceFiles: { "out/data.json": '{"größe":"1 €"}' } },
    );
    expect(data).toEqual({ größe: "1 €" });
  });

  test("cannot come twice", async () => {
    expect(await runAndGetError({ data: "{}", "data-file": "x.json" })).toBe(
      "Input data-file cannot be given together with data.",
    );
  });

  test("too large for a body is rejected before anything is sent", async () => {
    const data = JSON.stringify("x".repeat(300_000));
    const message = await runAndGetError({ "data-file": "x.json" }, { workspaceFiles: { "x.json": data } });
    expect(message).toMatch(
      /^The body has \d+ bytes; the limit is 262144\. Send less, or a URL to fetch the rest/,
    );
  });
});

describe.concurrent("meta", () => {
  test.each(["[]", "null", "1", '"x"'])("as %s is no JSON object", async (meta) => {
    expect(await runAndGetError({ meta })).toBe("Input meta must be a JSON object.");
  });

  test("that is not JSON is rejected by its place", async () => {
    expect(await runAndGetError({ meta: "{a:1}" })).toContain(
      "Input meta is not JSON, from line 1, column 2 on.",
    );
  });

  test("is added to where the event comes from, and wins over it", async () => {
    const { meta } = await runAndGetBody({ meta: '{"team":"shop","job":"mine"}' });
    expect(meta).toMatchObject({ source: "github_actions", team: "shop", job: "mine", run_attempt: "1" });
  });
});

describe.concurrent("topic", () => {
  test.each([
    "deploy",
    "Deploy.Finished",
    "deploy.",
    "a.b.c.d.e",
    "deploy finished",
    `${"a".repeat(99)}.${"b".repeat(99)}`,
  ])("%s is none", async (topic) => {
    expect(await runAndGetError({ topic })).toContain(
      "is not a topic: write 2 to 4 segments of a-z, 0-9 and _",
    );
  });

  test("is sent as it is", async () => {
    expect((await runAndGetBody({ topic: "deploy.finished" }))["topic"]).toBe("deploy.finished");
  });
});
