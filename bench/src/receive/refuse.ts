import { HeronError, matchTopic, PatternIndex, sign, verify } from "@heron-webhooks/core";
import type { BenchOptions } from "../options.ts";
import { interleaved, median, ratioOf } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { SECRET } from "./events.ts";
import { bare } from "./peers.ts";
import { worstCases } from "./worst.ts";

const MOST_HMACS = 8;
const MOST_MILLISECONDS = 1;

/** What a forger can make the receiver do: refuse bodies that were written to be dear, match topics without end. */
export async function benchRefuse({ quick }: BenchOptions): Promise<void> {
  const forged = sign("another body", SECRET);
  const rounds = quick ? 5 : 30;
  const rows: string[][] = [];
  for (const { name, body } of worstCases()) {
    const [hmac, refused] = await interleaved(
      [bare("bare", [body]), { name, call: () => refuse(body, forged) }],
      { rounds, warmUpMs: 60 },
    );
    if (hmac === undefined || refused === undefined) continue;
    const ratio = ratioOf(refused, hmac);
    rows.push([
      name,
      (refused.microseconds / 1000).toFixed(2),
      ratio.toFixed(2),
      `<= ${MOST_HMACS}`,
      verdict(ratio <= MOST_HMACS),
    ]);
  }
  printTable(
    `Refusing a forged body of 1 MiB: median of ${rounds} pairs with one bare HMAC of the same body`,
    ["", "ms", "HMACs", "target", ""],
    rows,
  );
  printTopics(quick ? 20 : 200);
}

function refuse(body: Uint8Array, signature: string): string {
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
    timed("PatternIndex.match", times, (topic) => index.match(topic)),
    timed("matchTopic, for 5 patterns", times, (topic) => patterns.map((p) => matchTopic(p, topic))),
  ];
  printTable("A topic of 100,000 segments", ["", "median ms", "worst ms", "target", ""], rows);
}

function timed(name: string, times: number, call: (topic: string) => unknown): string[] {
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
    // For the record: whatever else runs on the machine is in it.
    Math.max(...took).toFixed(3),
    `< ${MOST_MILLISECONDS} ms`,
    verdict(median(took) < MOST_MILLISECONDS),
  ];
}
