import { join } from "node:path";
import type { Received } from "@heron-webhooks/conformance/faults";
import { selectCount } from "@heron-webhooks/conformance/runs";
import { verify } from "@heron-webhooks/core";
import { expect, test } from "vitest";
import { type ChildProgram, killAfter, spawnProgram } from "./child-program.ts";
import { SECRET } from "./create-test-sender.ts";
import { RecordingServer } from "./recording-server.ts";
import { createTempFolder } from "./temp-folder.ts";

/** Deliveries that may be in flight when a process is killed: as many as its webhook's concurrency. */
const UNDER_WAY = 20;
const ROUNDS = selectCount(2, 10);

test("killed at any moment while it emits and delivers, a sender loses no event that it accepted", async () => {
  const path = join(createTempFolder(), "heron.db");
  await using sink = await RecordingServer.open();
  // Some requests fail, so that retries could be lost too.
  sink.respond = (_, index) => (index % 7 === 3 ? 503 : 200);
  const sending = (from: number): ChildProgram =>
    spawnProgram("kill-sender.ts", path, sink.url, String(from));

  const accepted: string[] = [];
  for (let round = 0; round < ROUNDS; round++)
    accepted.push(...(await killAfter(40 + ((round * 60) % 300), sending(round * 1_000_000))));

  sending(-1);
  const missing = new Set(accepted);
  for (let seen = 0; missing.size > 0; seen++) {
    const { body } = (await sink.received(seen + 1))[seen] as Received;
    missing.delete((JSON.parse(body.toString()) as { readonly id: string }).id);
  }

  const delivered = new Map<string, number>();
  for (const [index, { headers, body }] of sink.requests.entries()) {
    verify(body, String(headers["heron-signature"]), SECRET, { rawBodyOnly: true });
    const id = String(headers["webhook-id"]);
    if (index % 7 !== 3) delivered.set(id, (delivered.get(id) ?? 0) + 1);
  }
  // Deliveries in flight at a kill may have arrived without a recorded result.
  const again = [...delivered.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(again).toBeLessThanOrEqual(ROUNDS * UNDER_WAY);
});
