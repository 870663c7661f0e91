import { HeronError, matchTopic, PatternIndex, sign, verify } from "@heron-webhooks/core";
import type { BenchOptions } from "../options.ts";
import { getRatio, measureInterleaved, median } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { SECRET } from "./events.ts";
import { createBareVerifier } from "./verifiers.ts";
import { createWorstCases } from "./worst-cases.ts";

const MAX_HMAC_RATIO = 8;
const MAX_TOPIC_MS = 1;

/** The costs that a forger can cause: rejecting expensive bodies and matching long topics. */
export async function benchInvalidSignature({ isQuick }: BenchOptions): Promise<void> {
  const forged = sign("another body", SECRET);
  const rounds = isQuick ? 5 : 30;
  const rows: string[][] = [];
  for (const { name, body } of createWorstCases()) {
    const [hmac, refused] = await measureInterleaved(
      [createBareVerifier("bare", [body]), { name, call: () => rejectSignature(body, forged) }],
      { rounds, warmUpMs: 60 },
    );
    if (hmac === undefined || refused === undefined) continue;
    const ratio = getRatio(refused, hmac);
    rows.push([
      name,
      (refused.microseconds / 1000).toFixed(2),
      ratio.toFixed(2),
      `<= ${MAX_HMAC_RATIO}`,
      formatTargetResult(ratio <= MAX_HMAC_RATIO),
    ]);
  }
  printTable(
    `Refusing a forged body of 1 MiB: median of ${rounds} pairs with one bare HMAC of the same body`,
    ["", "ms", "HMACs", "target", ""],
    rows,
  );
  printTopics(isQuick ? 20 : 200);
}

function rejectSignature(body: Uint8Array, signature: string): string {
  try {
    verify(body, signature, SECRET);
  } catch (error) {
    if (HeronError.is(error, "signature_mismatch")) return error.code;
    throw error;
  }
  throw new Error("a forged signature was accepted");
}

function printTopics(times: number): void {
  const index = new PatternIndex<number>();
  const patterns = ["end_user.*", "*.failed", "a.**", "a.a.a.a", "**"];
  for (const [number, pattern] of patterns.entries()) index.add(pattern, number);
  const rows = [
    measureTopicTime("PatternIndex.match", times, (topic) => index.match(topic)),
    measureTopicTime("matchTopic, for 5 patterns", times, (topic) =>
      patterns.map((p) => matchTopic(p, topic)),
    ),
  ];
  printTable("A topic of 100,000 segments", ["", "median ms", "worst ms", "target", ""], rows);
}

function measureTopicTime(name: string, times: number, call: (topic: string) => unknown): string[] {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const topic = `${"a.".repeat(99_999)}${i}`;
    const from = performance.now();
    call(topic);
    took.push(performance.now() - from);
  }
  return [
    name,
    median(took).toFixed(4),
    // For information only: includes other load on the machine.
    Math.max(...took).toFixed(3),
    `< ${MAX_TOPIC_MS} ms`,
    formatTargetResult(median(took) < MAX_TOPIC_MS),
  ];
}
