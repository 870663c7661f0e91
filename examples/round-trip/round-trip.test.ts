import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { signedRequest } from "@heron-webhooks/core/testing";
import { expect, test } from "vitest";
import { startReceiver } from "./receiver.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

test("with --once, every delivery arrives, and the program ends with status 0", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, "--once"]);
  expect(stderr).toBe("");
  expect(stdout).toContain("All deliveries have arrived, and the forged request was rejected.");
  expect(stdout).toMatch(/fastify +end_user\.processed +attempt 1 failed, .*; again in 1 s/);
  expect(stdout).toMatch(/fastify +end_user\.processed +attempt [34] delivered, 200/);
  expect(stdout).toContain('got {"contact":"Ann","plan":"pro","paid":49.5}');
  expect(stdout).toContain("shows “Invoice paid: Invoice in_42, Amount 49.5”");
  expect(stdout).toContain("emitted again with the same id: changes nothing");
  // Each delivered attempt has its receiver's output below it.
  expect(stdout.match(/ delivered, 20\d in \d+ ms\n +└ (?:verified|got|shows)/g)).toHaveLength(7);
  for (const line of ["express  2 of 2", "fastify  2 of 2", "crm      1 of 1", "slack    2 of 2"])
    expect(stdout).toContain(line);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of a colour
  expect(stdout).not.toMatch(/\u001b/);
}, 60_000);

test("without --once, it runs until SIGTERM", async () => {
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
}, 60_000);

test.each(["express-receiver", "fastify-receiver", "fetch-receiver"])(
  "%s prints each handled event as a line of JSON, and ends on SIGTERM",
  async (name) => {
    const receiver = await startReceiver(name, 0, "sec_example", () => {});
    const event = { topic: "pdf.failed", data: { notes: "no\nlines" }, meta: { plan: "pro" } };
    const reply = await fetch(receiver.url, signedRequest(event, "sec_example"));
    expect(reply.status).toBe(200);
    expect(await receiver.nextEvent()).toMatchObject(event);
    expect((await fetch(receiver.url)).status).toBe(405);
    await receiver.stop();
    expect(await receiver.nextEvent()).toBeNull();
  },
);
