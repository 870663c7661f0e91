import { setTimeout as after } from "node:timers/promises";
import { alternateOrder, median } from "../ratio.ts";
import type { DeliveryProgramOptions, ProgramFigures } from "./delivery-program.ts";
import { type BenchProgram, startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";

/** A competitor that was started. */
export interface MeasuredTarget {
  readonly name: string;
  /** Its processes. Each emits and delivers, also events of the others. */
  readonly programs: readonly BenchProgram[];
  /** CPU seconds of its server so far; null where that is unknown. */
  readonly getHelperCpuSeconds?: (() => number | null) | undefined;
  /** Called at full load before the measurement. */
  readonly warmUp?: (() => Promise<void>) | undefined;
}

/** The result of one slice. */
export interface Slice {
  readonly perSecond: number;
  readonly delivered: number;
  /** Of its own processes. */
  readonly cpuMicroseconds: number;
  /** Of its server; null if it has none, or that is unknown. */
  readonly helperMicroseconds: number | null;
  readonly bytes: number;
  /** The maximum over its processes. */
  readonly loopP99: number;
}

/** Until the number of attempts in flight is stable. */
const RAMP_UP_MS = 100;
const REST_TIMEOUT_MS = 60_000;

export function startCompetitorProgram(options: DeliveryProgramOptions): Promise<BenchProgram> {
  return startProgram(new URL("./programs/delivery-program.ts", import.meta.url), options);
}

/** Lets a competitor deliver for a while and finish. Every delivery that it reports must have arrived. */
export async function measureSlice(started: MeasuredTarget, sink: Sink, ms: number): Promise<Slice> {
  const { name, programs, warmUp } = started;
  const receivedBefore = await sink.getReceived();
  await askAll(programs, "reset-delay");
  const helperCpuBefore = started.getHelperCpuSeconds?.() ?? null;
  const atStart = {
    figures: await askAll<ProgramFigures>(programs, "start"),
    helperCpuSeconds: helperCpuBefore,
  };
  await after(RAMP_UP_MS);
  await warmUp?.();
  const from = await takeSnapshot(started);
  await after(ms);
  const until = await takeSnapshot(started);
  await waitUntilIdle(programs);
  const atEnd = await takeSnapshot(started);
  const receivedAfter = await sink.getReceived();
  // From idle to idle; after a warm-up only the time at full load.
  const [first, last] = warmUp === undefined ? [atStart, atEnd] : [from, until];
  const delivered = sumFigures(last, "delivered") - sumFigures(first, "delivered");
  if (delivered === 0 || receivedAfter.received - receivedBefore.received < delivered)
    throw new Error(
      `${name} delivered ${delivered}, and ${receivedAfter.received - receivedBefore.received} arrived`,
    );
  return {
    perSecond: until.figures.reduce(
      (sum, figures, i) => sum + getRate(from.figures[i] as ProgramFigures, figures),
      0,
    ),
    delivered,
    cpuMicroseconds: sumFigures(last, "cpuMicroseconds") - sumFigures(first, "cpuMicroseconds"),
    helperMicroseconds:
      first.helperCpuSeconds === null || last.helperCpuSeconds === null
        ? null
        : (last.helperCpuSeconds - first.helperCpuSeconds) * 1e6,
    bytes: (receivedAfter.bytes - receivedBefore.bytes) / (receivedAfter.received - receivedBefore.received),
    loopP99: Math.max(...until.figures.map(({ loopDelay }) => loopDelay.p99)),
  };
}

/** The figures of all processes, and the CPU time of their server. */
interface Snapshot {
  readonly figures: readonly ProgramFigures[];
  readonly helperCpuSeconds: number | null;
}

async function takeSnapshot({ programs, getHelperCpuSeconds }: MeasuredTarget): Promise<Snapshot> {
  const helperCpuSeconds = getHelperCpuSeconds?.() ?? null;
  return { figures: await askAll<ProgramFigures>(programs, "figures"), helperCpuSeconds };
}

/** Stops emitting and waits until nothing is pending in any program: together, since they deliver for each other. */
export async function waitUntilIdle(programs: readonly BenchProgram[]): Promise<void> {
  await askAll(programs, "stop");
  const deadline = performance.now() + REST_TIMEOUT_MS;
  for (;;) {
    const figures = await askAll<ProgramFigures>(programs, "figures");
    const pending = figures.reduce((sum, figure) => sum + figure.pending, 0);
    if (pending === 0) return;
    if (performance.now() > deadline) throw new Error(`${pending} deliveries are still pending`);
    await after(5);
  }
}

function askAll<Result>(programs: readonly BenchProgram[], question: string): Promise<readonly Result[]> {
  return Promise.all(programs.map((program) => program.ask<Result>(question)));
}

function sumFigures({ figures }: Snapshot, which: "delivered" | "cpuMicroseconds"): number {
  return figures.reduce((sum, figure) => sum + figure[which], 0);
}

function getRate(from: ProgramFigures, until: ProgramFigures): number {
  return ((until.delivered - from.delivered) / (until.at - from.at)) * 1000;
}

/** The slices of each competitor in one start. */
export type Run = readonly (readonly Slice[])[];

/** Measures one slice of each competitor per round; null for one that cannot take part. */
export async function measureSlicesInterleaved(
  targets: readonly (MeasuredTarget | null)[],
  sink: Sink,
  { rounds, sliceMs }: { readonly rounds: number; readonly sliceMs: number },
): Promise<Run> {
  const slices: Slice[][] = targets.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const index of alternateOrder(targets.length, round)) {
      const started = targets[index] ?? null;
      if (started !== null) slices[index]?.push(await measureSlice(started, sink, sliceMs));
    }
  return slices;
}

/** CPU time per delivery, over all slices: a single slice has only a few ticks. */
export function getCpuPerDelivery(slices: readonly Slice[]): number {
  const cpuMicroseconds = slices.reduce(
    (sum, slice) => sum + slice.cpuMicroseconds + (slice.helperMicroseconds ?? 0),
    0,
  );
  return cpuMicroseconds / slices.reduce((sum, slice) => sum + slice.delivered, 0);
}

/** The ratio of the rates: the median over the rounds. */
export function getRateRatio(numerator: readonly Slice[], denominator: readonly Slice[]): number {
  return median(
    numerator.map(({ perSecond }, round) => perSecond / (denominator[round]?.perSecond ?? Number.NaN)),
  );
}

/** Beyond these limits, two processes of the same program differ too much to trust the other ratios. */
const MAX_AA_DEVIATION = [0.95, 1.05] as const;

/** Whether the ratio of a program to itself is close enough to 1 to trust the other ratios. */
export function isTrusted(aaRatio: number): boolean {
  return aaRatio >= MAX_AA_DEVIATION[0] && aaRatio <= MAX_AA_DEVIATION[1];
}
