import { setTimeout as after } from "node:timers/promises";
import { alternateOrder, median } from "../ratio.ts";
import type { DeliveryProgramOptions, ProgramFigures } from "./delivery-program.ts";
import { type BenchProgram, startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";

/** A subject that was started. */
export interface MeasuredTarget {
  readonly name: string;
  /** Its processes, each of which emits and delivers; what one emits another may deliver. */
  readonly programs: readonly BenchProgram[];
  /** Seconds of processor time that a server has used for it so far; null where that cannot be said. */
  readonly getHelperCpuSeconds?: (() => number | null) | undefined;
  /** What is to be done once it delivers as fast as it can, before anything is measured. */
  readonly warmUp?: (() => Promise<void>) | undefined;
}

/** What a subject did while it was its turn. */
export interface Slice {
  readonly perSecond: number;
  readonly delivered: number;
  /** Of its own processes. */
  readonly cpuMicroseconds: number;
  /** Of its helper; null if it has none, or that cannot be said. */
  readonly helperMicroseconds: number | null;
  readonly bytes: number;
  /** Of the process that was worst. */
  readonly loopP99: number;
}

/** Until as many are under way as will be. */
const RAMP_UP_MS = 100;
const REST_TIMEOUT_MS = 60_000;

export function startCompetitorProgram(options: DeliveryProgramOptions): Promise<BenchProgram> {
  return startProgram(new URL("./programs/delivery-program.ts", import.meta.url), options);
}

/** Lets one subject deliver for a while, and then come to rest. What it says it delivered must have arrived. */
export async function measureSlice(started: MeasuredTarget, sink: Sink, ms: number): Promise<Slice> {
  const { name, programs, warmUp } = started;
  const receivedBefore = await sink.getReceived();
  await askAll(programs, "forget");
  const helpedBefore = started.getHelperCpuSeconds?.() ?? null;
  const atStart = {
    figures: await askAll<ProgramFigures>(programs, "begin"),
    helperCpuSeconds: helpedBefore,
  };
  await after(RAMP_UP_MS);
  await warmUp?.();
  const from = await takeSnapshot(started);
  await after(ms);
  const until = await takeSnapshot(started);
  await waitUntilIdle(programs);
  const atEnd = await takeSnapshot(started);
  const receivedAfter = await sink.getReceived();
  // From one rest to the next; or, after a lead-in, from one time at full load to another.
  const [first, last] = warmUp === undefined ? [atStart, atEnd] : [from, until];
  const delivered = sumFigures(last, "delivered") - sumFigures(first, "delivered");
  if (delivered === 0 || receivedAfter.received - receivedBefore.received < delivered)
    throw new Error(
      `${name} delivered ${delivered}, and ${receivedAfter.received - receivedBefore.received} arrived`,
    );
  return {
    perSecond: until.figures.reduce(
      (sum, look, i) => sum + getRate(from.figures[i] as ProgramFigures, look),
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

/** What all of a subject's processes say of themselves, and what their helper has used. */
interface Snapshot {
  readonly figures: readonly ProgramFigures[];
  readonly helperCpuSeconds: number | null;
}

async function takeSnapshot({ programs, getHelperCpuSeconds }: MeasuredTarget): Promise<Snapshot> {
  const helperCpuSeconds = getHelperCpuSeconds?.() ?? null;
  return { figures: await askAll<ProgramFigures>(programs, "look"), helperCpuSeconds };
}

/** Has programs emit no more, and waits until nothing is owed in any: together, since they may deliver for each other. */
export async function waitUntilIdle(programs: readonly BenchProgram[]): Promise<void> {
  await askAll(programs, "stop");
  const deadline = performance.now() + REST_TIMEOUT_MS;
  for (;;) {
    const figures = await askAll<ProgramFigures>(programs, "look");
    const pending = figures.reduce((sum, figure) => sum + figure.pending, 0);
    if (pending === 0) return;
    if (performance.now() > deadline) throw new Error(`${pending} are owed, and nothing comes of them`);
    await after(5);
  }
}

function askAll<Answer>(programs: readonly BenchProgram[], question: string): Promise<readonly Answer[]> {
  return Promise.all(programs.map((program) => program.ask<Answer>(question)));
}

function sumFigures({ figures }: Snapshot, which: "delivered" | "cpuMicroseconds"): number {
  return figures.reduce((sum, figure) => sum + figure[which], 0);
}

function getRate(from: ProgramFigures, until: ProgramFigures): number {
  return ((until.delivered - from.delivered) / (until.at - from.at)) * 1000;
}

/** Of each subject its slices, between two starts. */
export type Run = readonly (readonly Slice[])[];

/** Lets subjects deliver in turn, a slice of each to a round; null for one that cannot take part. */
export async function measureSlicesInTurns(
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

/** Processor time for a delivery, over all slices: a slice alone is only a few of the kernel's ticks long. */
export function getCpuPerDelivery(slices: readonly Slice[]): number {
  const cpuMicroseconds = slices.reduce(
    (sum, slice) => sum + slice.cpuMicroseconds + (slice.helperMicroseconds ?? 0),
    0,
  );
  return cpuMicroseconds / slices.reduce((sum, slice) => sum + slice.delivered, 0);
}

/** How many times as fast the one was as the other: the median over the rounds. */
export function getRateRatio(numerator: readonly Slice[], denominator: readonly Slice[]): number {
  return median(
    numerator.map(({ perSecond }, round) => perSecond / (denominator[round]?.perSecond ?? Number.NaN)),
  );
}

/** Outside of these, two processes of one program differ too much for the rest to mean anything. */
const MAX_AA_DEVIATION = [0.95, 1.05] as const;

/** Whether a ratio of a subject to itself is so near to 1 that other ratios mean something. */
export function isTrusted(aaRatio: number): boolean {
  return aaRatio >= MAX_AA_DEVIATION[0] && aaRatio <= MAX_AA_DEVIATION[1];
}
