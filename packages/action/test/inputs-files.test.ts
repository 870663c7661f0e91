import { describe, expect, test } from "vitest";
import type { Given } from "./runner/inputs.ts";
import { runAndGetError, runSlackStep } from "./step.ts";

const files = ["data-file", "template-file", "ca"] as const;

function withFile(name: string, path: string): Given {
  return { [name]: path };
}

describe.concurrent.each(files)("%s", (name) => {
  test("that is not there is named, with what fills the workspace", async () => {
    expect(await runAndGetError(withFile(name, "out/none.json"))).toBe(
      `Input ${name} names a file that is not there: out/none.json. Paths begin in the workspace, which is empty until actions/checkout has run.`,
    );
  });

  test("beneath a file is not there either", async () => {
    const message = await runAndGetError(withFile(name, "a.json/b"), { workspaceFiles: { "a.json": "{}" } });
    expect(message).toContain(`Input ${name} names a file that is not there: a.json/b.`);
  });

  test("that is a folder is called one", async () => {
    expect(await runAndGetError(withFile(name, "out"), { workspaceFiles: { "out/a.json": "{}" } })).toBe(
      `Input ${name} names a folder, not a file: out.`,
    );
  });

  test("that is not UTF-8 is rejected", async () => {
    const workspaceFiles = { latin1: Buffer.from('{"a":"größe"}', "latin1") };
    expect(await runAndGetError(withFile(name, "latin1"), { workspaceFiles })).toBe(
      `Input ${name} names a file that is not UTF-8.`,
    );
  });

  test("of over 1 MiB is rejected", async () => {
    const workspaceFiles = { large: " ".repeat(1024 * 1024 + 1) };
    expect(await runAndGetError(withFile(name, "large"), { workspaceFiles })).toBe(
      `Input ${name} names a file of over 1024 KiB.`,
    );
  });
});

describe.concurrent("a file's content", () => {
  test.each(["data-file", "template-file"])("of %s that is not JSON gives its position", async (name) => {
    const message = await runAndGetError(withFile(name, "a.json"), {
      workspaceFiles: { "a.json": '{\n"a": canary}' },
    });
    expect(message).toContain(`Input ${name} is not JSON, from line 2, column 6 on.`);
    expect(message).not.toContain("canary");
  });

  test.each(["ca", "client-cert", "client-key"])("of %s that is no PEM is refused", async (name) => {
    const message = await runAndGetError(withFile(name, "a.pem"), { workspaceFiles: { "a.pem": "canary" } });
    expect(message).toBe(`Input ${name} must be PEM (-----BEGIN …), or the path of a file that is.`);
  });
});

test.concurrent.each([
  ["client-cert", "client-key"],
  ["client-key", "client-cert"],
])("a %s without its counterpart is rejected", async (name, missing) => {
  const pem = "-----BEGIN X-----\nQQ==\n-----END X-----";
  expect(await runAndGetError({ [name]: pem })).toBe(
    `Input ${missing} is missing: set both client-cert and client-key.`,
  );
});

test.concurrent("template and template-file cannot come together, nor either with message", async () => {
  expect(await runAndGetError({ template: "{}", "template-file": "x" })).toBe(
    "Input template-file cannot be given together with template.",
  );
  const { step, messages } = await runSlackStep({ template: "{}", message: "hello" });
  expect(messages).toEqual([]);
  expect(step.annotations[0]?.message).toBe("Input message cannot be given together with a template.");
});
