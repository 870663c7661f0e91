import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sign } from "@heron-webhooks/core";
import { expect, onTestFinished, test } from "vitest";
import { assertHeapTemplate, message } from "./bodies.ts";
import { startLake } from "./lake.ts";

test("rows have the user's properties at emit time, and Slack has its message", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main]);
  expect(stderr).toBe("");
  const rows = [...stdout.matchAll(/^\{.*\}$/gm)].map(([line]) => JSON.parse(line));
  expect(rows).toHaveLength(4);
  const ann = { company: "Acme & Sons", seats: 12, tags: "beta||eu", at: expect.any(String) };
  expect(rows).toEqual(
    expect.arrayContaining([
      { event: "report.exported", plan: "pro", ...ann, properties: { feature: "csv", ms: 830 } },
      {
        event: "report.exported",
        plan: "free",
        company: null,
        seats: null,
        tags: null,
        at: expect.any(String),
        properties: { feature: "pdf", ms: 1210 },
      },
      { event: "account.upgraded", plan: "pro", ...ann, properties: { feature: null, ms: null } },
      { event: "report.exported", plan: "enterprise", ...ann, properties: { feature: "csv", ms: 790 } },
    ]),
  );
  // Values are escaped for Slack.
  expect(stdout).toContain("*Acme &amp; Sons* (pro) upgraded to enterprise");
});

test("the lake appends each row once, and rejects unsigned rows", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heron-lake-"));
  const file = join(folder, "lake.ndjson");
  const lake = await startLake(file, () => "sec_lake");
  onTestFinished(async () => {
    await lake.close();
    await rm(folder, { recursive: true });
  });
  const post = (id: string, signature: string) =>
    fetch(lake.url, {
      method: "POST",
      body: '{"a":1}',
      headers: { "webhook-id": id, "heron-signature": signature },
    });
  const right = sign('{"a":1}', "sec_lake");
  expect((await post("dlv_1", right)).status).toBe(201);
  expect((await post("dlv_1", right)).status).toBe(200);
  expect((await post("dlv_2", sign('{"a":1}', "sec_other"))).status).toBe(401);
  expect((await post("dlv_2", "")).status).toBe(401);
  expect(await readFile(file, "utf8")).toBe('{"a":1}\n');
});

test("a template that Heap would reject is rejected, with its pointer", () => {
  expect(() => assertHeapTemplate(message)).toThrow("At /text:");
  expect(() => assertHeapTemplate({ a: { b: { c: 1 } } })).toThrow("At /a/b:");
});
