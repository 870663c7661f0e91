import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { signedRequest } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { startReceiver } from "./receiver.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

test("with --once, the round trip holds step by step and ends with status 0", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--once"]);
  expect(stdout).toContain("Every step held.");
  expect(stdout.match(/✓/g)).toHaveLength(8);
  expect(stdout).not.toContain("✗");
}, 30_000);

test("without, it goes on until it is told to end", async () => {
  const child = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
  let shown = "";
  for await (const chunk of child.stdout) {
    shown += chunk;
    if (shown.includes("Ctrl-C ends")) break;
  }
  expect(shown).toContain("openssl dgst -sha256 -hmac 'sec_");
  expect(child.exitCode).toBeNull();
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
}, 30_000);

test.each(["express-receiver", "fastify-receiver", "fetch-receiver"])(
  "%s writes each handled event as a line of JSON, and ends when told",
  async (name) => {
    const receiver = await startReceiver(name, 0, "sec_example");
    const event = { topic: "pdf.failed", data: { notes: "no\nlines" }, meta: { plan: "pro" } };
    const reply = await fetch(receiver.url, signedRequest(event, "sec_example"));
    expect(reply.status).toBe(200);
    expect(await receiver.nextEvent()).toMatchObject(event);
    expect((await fetch(receiver.url)).status).toBe(405);
    await receiver.stop();
    expect(await receiver.nextEvent()).toBeNull();
  },
  30_000,
);
