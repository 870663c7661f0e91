import { setTimeout as after } from "node:timers/promises";
import { median, turnedAbout } from "../ratio.ts";
import { type Program, startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import type { Figures, SubjectOptions } from "./subject.ts";

/** A subject that was started. */
export interface Started {
  readonly name: string;
  /** Its processes, each of which emits and delivers; what one emits another may deliver. */
  readonly programs: readonly Program[];
  /** Seconds of processor time that a server has used for it so far; null where that cannot be said. */
  readonly helperSeconds?: (() => number | null) | undefined;
  /** What is to be done once it delivers as fast as it can, before anything is measured. */
  readonly leadIn?: (() => Promise<void>) | undefined;
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
const RAMP_MS = 100;
const LONGEST_REST = 60_000;

export function startSubject(options: SubjectOptions): Promise<Program> {
  return startProgram(new URL("./subjects/subject-program.ts", import.meta.url), options);
}

/** Lets one subject deliver for a while, and then come to rest. What it says it delivered must have arrived. */
export async function slice(started: Started, sink: Sink, ms: number): Promise<Slice> {
  const { name, programs, leadIn } = started;
  const had = await sink.had();
  await askAll(programs, "forget");
  const helpedBefore = started.helperSeconds?.() ?? null;
  const began = { figures: await askAll<Figures>(programs, "begin"), helped: helpedBefore };
  await after(RAMP_MS);
  await leadIn?.();
  const from = await lookAt(started);
  await after(ms);
  const until = await lookAt(started);
  await rest(programs);
  const ended = await lookAt(started);
  const has = await sink.had();
  // From one rest to the next; or, after a lead-in, from one time at full load to another.
  const [first, last] = leadIn === undefined ? [began, ended] : [from, until];
  const delivered = total(last, "delivered") - total(first, "delivered");
  if (delivered === 0 || has.received - had.received < delivered)
    throw new Error(`${name} delivered ${delivered}, and ${has.received - had.received} arrived`);
  return {
    perSecond: until.figures.reduce((sum, look, i) => sum + rateBetween(from.figures[i] as Figures, look), 0),
    delivered,
    cpuMicroseconds: total(last, "cpuMicroseconds") - total(first, "cpuMicroseconds"),
    helperMicroseconds:
      first.helped === null || last.helped === null ? null : (last.helped - first.helped) * 1e6,
    bytes: (has.bytes - had.bytes) / (has.received - had.received),
    loopP99: Math.max(...until.figures.map(({ loopDelay }) => loopDelay.p99)),
  };
}

/** What all of a subject's processes say of themselves, and what their helper has used. */
interface Look {
  readonly figures: readonly Figures[];
  readonly helped: number | null;
}

async function lookAt({ programs, helperSeconds }: Started): Promise<Look> {
  const helped = helperSeconds?.() ?? null;
  return { figures: await askAll<Figures>(programs, "look"), helped };
}

/** Has programs emit no more, and waits until nothing is owed in any: together, since they may deliver for each other. */
export async function rest(programs: readonly Program[]): Promise<void> {
  await askAll(programs, "stop");
  const until = performance.now() + LONGEST_REST;
  for (;;) {
    const figures = await askAll<Figures>(programs, "look");
    const owed = figures.reduce((sum, one) => sum + one.owed, 0);
    if (owed === 0) return;
    if (performance.now() > until) throw new Error(`${owed} are owed, and nothing comes of them`);
    await after(5);
  }
}

function askAll<Answer>(programs: readonly Program[], question: string): Promise<readonly Answer[]> {
  return Promise.all(programs.map((program) => program.ask<Answer>(question)));
}

function total({ figures }: Look, which: "delivered" | "cpuMicroseconds"): number {
  return figures.reduce((sum, one) => sum + one[which], 0);
}

function rateBetween(from: Figures, until: Figures): number {
  return ((until.delivered - from.delivered) / (until.at - from.at)) * 1000;
}

/** Of each subject its slices, between two starts. */
export type Run = readonly (readonly Slice[])[];

/** Lets subjects deliver in turn, a slice of each to a round; null for one that cannot take part. */
export async function sliceInTurn(
  subjects: readonly (Started | null)[],
  sink: Sink,
  { rounds, sliceMs }: { readonly rounds: number; readonly sliceMs: number },
): Promise<Run> {
  const slices: Slice[][] = subjects.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const index of turnedAbout(subjects.length, round)) {
      const started = subjects[index] ?? null;
      if (started !== null) slices[index]?.push(await slice(started, sink, sliceMs));
    }
  return slices;
}

/** Processor time for a delivery, over all slices: a slice alone is only a few of the kernel's ticks long. */
export function cpuPerDelivery(slices: readonly Slice[]): number {
  const used = slices.reduce((sum, one) => sum + one.cpuMicroseconds + (one.helperMicroseconds ?? 0), 0);
  return used / slices.reduce((sum, one) => sum + one.delivered, 0);
}

/** How many times as fast the one was as the other: the median over the rounds. */
export function rateRatio(one: readonly Slice[], other: readonly Slice[]): number {
  return median(one.map(({ perSecond }, round) => perSecond / (other[round]?.perSecond ?? Number.NaN)));
}

/** Outside of these, two processes of one program differ too much for the rest to mean anything. */
const TRUSTED = [0.95, 1.05] as const;

/** Whether a ratio of a subject to itself is so near to 1 that other ratios mean something. */
export function isTrusted(same: number): boolean {
  return same >= TRUSTED[0] && same <= TRUSTED[1];
}
