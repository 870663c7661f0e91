import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SECRET } from "@heron-webhooks/conformance";
import { expect, test } from "vitest";

const run = promisify(execFile);
const program = fileURLToPath(new URL("./default-logger-server.ts", import.meta.url));

test("without a logger, failures are lines of JSON on standard error that no content can break", async () => {
  const topic = "a.b\r\nforged: line\u2028\u0085";
  const data = "\u001b[2Jgone \u202e reversed \u0007\u007f\u2066";
  const { stdout, stderr } = await run(
    process.execPath,
    [program, JSON.stringify(topic), JSON.stringify(data)],
    {
      env: { ...process.env, HERON_WEBHOOK_SECRET: SECRET },
    },
  );
  expect(stdout).toBe("");
  expect(stderr.replaceAll("\n", "")).toMatch(
    /^[^\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u,
  );
  const lines = stderr.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: "warn", code: "signature_malformed", receiver: "one\ntwo", status: 401 },
    {
      level: "error",
      code: "handler_failed",
      receiver: "one\ntwo",
      status: 500,
      topic,
      err: { message: `cannot take ${data}` },
    },
  ]);
  expect(stderr).not.toContain(SECRET);
});
