import type { BenchOptions } from "../options.ts";
import { interleaved, type Measured, ratioOf } from "../ratio.ts";
import { printTable, verdict } from "../table.ts";
import { eventOf } from "./events.ts";
import { verifiers } from "./peers.ts";

interface Size {
  readonly name: string;
  readonly bytes: number;
  /** How many different bodies are taken in turn. */
  readonly bodies: number;
  readonly rounds: number;
}

const SIZES: readonly Size[] = [
  { name: "0.5 KB", bytes: 512, bodies: 512, rounds: 400 },
  { name: "8 KB", bytes: 8 * 1024, bodies: 128, rounds: 400 },
  { name: "1 MB", bytes: 1024 * 1024, bodies: 8, rounds: 80 },
];

const MOST_AT_SMALL = 1.2;
const MOST_AT_LARGE = 1.05;

/** Verifying a true signature, next to the bare HMAC and to the libraries that others use. */
export async function benchVerify({ quick }: BenchOptions): Promise<void> {
  for (const size of SIZES) {
    const bodies = Array.from({ length: size.bodies }, (_, number) => eventOf(number, size.bytes));
    const rounds = quick ? Math.ceil(size.rounds / 10) : size.rounds;
    const measured = await interleaved(await verifiers(bodies), { rounds });
    print(size, measured, rounds);
  }
}

function print({ name, bytes }: Size, measured: readonly Measured[], rounds: number): void {
  const [bare, again, ours, ...peers] = measured;
  if (bare === undefined || again === undefined || ours === undefined) return;
  const best = peers.reduce((one, other) => (other.microseconds < one.microseconds ? other : one));
  const rows = measured.map((one) => {
    const ratio = ratioOf(one, bare);
    const [target, reached] = one === ours && bytes < 1024 ? [MOST_AT_SMALL, ratio] : [null, 0];
    return [
      one.name,
      one.microseconds.toFixed(one.microseconds < 100 ? 2 : 0),
      ratio.toFixed(3),
      ...(target === null ? ["", ""] : [`<= ${target}`, verdict(reached <= target)]),
    ];
  });
  const toBest = ratioOf(ours, best);
  const judged = bytes >= 1024 * 1024;
  rows.push([
    `heron / best peer (${best.name})`,
    "",
    toBest.toFixed(3),
    ...(judged ? [`<= ${MOST_AT_LARGE}`, verdict(toBest <= MOST_AT_LARGE)] : ["", ""]),
  ]);
  printTable(
    `Verifying a body of ${name}: median of ${rounds} rounds of 1-ms blocks, another body at each call`,
    ["", "us", "x bare", "target", ""],
    rows,
  );
}
