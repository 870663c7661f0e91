import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { verify } from "@heron-webhooks/core";
import { expect, onTestFinished, test } from "vitest";
import { SECRET } from "./opened.ts";
import { type Received, Sink } from "./sink.ts";

/** Deliveries that may be under way when a process is killed: as many as its webhook's concurrency. */
const UNDER_WAY = 20;
const ROUNDS = 5;

test("killed at any moment while it emits and delivers, a sender loses no event that it accepted", async () => {
  const folder = mkdtempSync(join(tmpdir(), "heron-kill-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await using sink = await Sink.open();
  // Now and then it fails, so that there are retries to be lost, too.
  sink.answer = (_, index) => (index % 7 === 3 ? 503 : 200);
  const sending = (from: number): ReturnType<typeof spawn> =>
    spawn(
      process.execPath,
      [
        fileURLToPath(new URL("kill-sender.ts", import.meta.url)),
        join(folder, "heron.db"),
        sink.url,
        String(from),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );

  const accepted: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const child = sending(round * 1_000_000);
    if (child.stdout === null) throw new Error("no output");
    const said = text(child.stdout);
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, 30 + round * 41));
    child.kill("SIGKILL");
    // The last line may have been cut.
    accepted.push(...(await said).split("\n").slice(0, -1));
  }

  const last = sending(-1);
  onTestFinished(() => void last.kill("SIGKILL"));
  const missing = new Set(accepted);
  for (let seen = 0; missing.size > 0; seen++) {
    const { body } = (await sink.received(seen + 1))[seen] as Received;
    missing.delete((JSON.parse(body.toString()) as { readonly id: string }).id);
  }

  expect(accepted.length).toBeGreaterThan(200);
  const delivered = new Map<string, number>();
  for (const [index, { headers, body }] of sink.requests.entries()) {
    verify(body, String(headers["heron-signature"]), SECRET, { strict: true });
    const id = String(headers["webhook-id"]);
    if (index % 7 !== 3) delivered.set(id, (delivered.get(id) ?? 0) + 1);
  }
  // Whatever was under way at a kill may have been delivered without anybody having written it down.
  const again = [...delivered.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(again).toBeLessThanOrEqual(ROUNDS * UNDER_WAY);
}, 120_000);
