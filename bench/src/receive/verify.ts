import type { BenchOptions } from "../options.ts";
import { getRatio, type Measured, measureInterleaved } from "../ratio.ts";
import { formatTargetResult, printTable } from "../table.ts";
import { buildEvent } from "./events.ts";
import { createVerifiers } from "./verifiers.ts";

interface Size {
  readonly name: string;
  readonly bytes: number;
  /** The number of different bodies, used in rotation. */
  readonly bodies: number;
  readonly rounds: number;
}

const SIZES: readonly Size[] = [
  { name: "0.5 KB", bytes: 512, bodies: 512, rounds: 400 },
  { name: "8 KB", bytes: 8 * 1024, bodies: 128, rounds: 400 },
  { name: "1 MB", bytes: 1024 * 1024, bodies: 8, rounds: 80 },
];

const MAX_SMALL_RATIO = 1.2;
const MAX_LARGE_RATIO = 1.05;

/** Compares verification of a valid signature with a bare HMAC and with libraries. */
export async function benchVerify({ isQuick }: BenchOptions): Promise<void> {
  for (const size of SIZES) {
    const bodies = Array.from({ length: size.bodies }, (_, number) => buildEvent(number, size.bytes));
    const rounds = isQuick ? Math.ceil(size.rounds / 10) : size.rounds;
    const measured = await measureInterleaved(await createVerifiers(bodies), { rounds });
    print(size, measured, rounds);
  }
}

function print({ name, bytes }: Size, measured: readonly Measured[], rounds: number): void {
  const [bare, bareAgain, ours, ...competitors] = measured;
  if (bare === undefined || bareAgain === undefined || ours === undefined) return;
  const fastest = competitors.reduce((fastest, candidate) =>
    candidate.microseconds < fastest.microseconds ? candidate : fastest,
  );
  const rows = measured.map((measurement) => {
    const ratio = getRatio(measurement, bare);
    const [target, reached] = measurement === ours && bytes < 1024 ? [MAX_SMALL_RATIO, ratio] : [null, 0];
    return [
      measurement.name,
      measurement.microseconds.toFixed(measurement.microseconds < 100 ? 2 : 0),
      ratio.toFixed(3),
      ...(target === null ? ["", ""] : [`<= ${target}`, formatTargetResult(reached <= target)]),
    ];
  });
  const toBest = getRatio(ours, fastest);
  const judged = bytes >= 1024 * 1024;
  rows.push([
    `heron / best peer (${fastest.name})`,
    "",
    toBest.toFixed(3),
    ...(judged ? [`<= ${MAX_LARGE_RATIO}`, formatTargetResult(toBest <= MAX_LARGE_RATIO)] : ["", ""]),
  ]);
  printTable(
    `Verifying a body of ${name}: median of ${rounds} rounds of 1-ms blocks, another body at each call`,
    ["", "us", "x bare", "target", ""],
    rows,
  );
}
