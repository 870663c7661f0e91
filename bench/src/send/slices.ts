import { setTimeout as after } from "node:timers/promises";
import { cpuSeconds } from "../cpu-time.ts";
import { median } from "../ratio.ts";
import { type Program, startProgram } from "./program.ts";
import type { Sink } from "./sink-process.ts";
import type { Figures, SubjectOptions } from "./subject.ts";

/** A subject that was started. */
export interface Started {
  readonly name: string;
  readonly program: Program;
  /** Another process that works for it. */
  readonly helper?: { readonly pid: number | undefined } | undefined;
}

/** What a subject did while it was its turn. */
export interface Slice {
  readonly perSecond: number;
  readonly delivered: number;
  /** Of its own process. */
  readonly cpuMicroseconds: number;
  /** Of its helper; null if that cannot be said. */
  readonly helperMicroseconds: number | null;
  readonly bytes: number;
  readonly loopP99: number;
}

/** Until as many are under way as will be. */
const RAMP_MS = 100;

export function startSubject(options: SubjectOptions): Promise<Program> {
  return startProgram(new URL("./subjects/subject-program.ts", import.meta.url), options);
}

/** Lets one subject deliver for a while, and then come to rest. What it says it delivered must have arrived. */
export async function slice({ name, program, helper }: Started, sink: Sink, ms: number): Promise<Slice> {
  const had = await sink.had();
  const helperBefore = cpuSeconds(helper?.pid);
  await program.ask("forget");
  const began = await program.ask<Figures>("begin");
  await after(RAMP_MS);
  const from = await program.ask<Figures>("look");
  await after(ms);
  const until = await program.ask<Figures>("look");
  const ended = await program.ask<Figures>("pause");
  const helperAfter = cpuSeconds(helper?.pid);
  const has = await sink.had();
  const delivered = ended.delivered - began.delivered;
  if (delivered === 0 || has.received - had.received < delivered)
    throw new Error(`${name} delivered ${delivered}, and ${has.received - had.received} arrived`);
  return {
    perSecond: ((until.delivered - from.delivered) / (until.at - from.at)) * 1000,
    delivered,
    cpuMicroseconds: ended.cpuMicroseconds - began.cpuMicroseconds,
    helperMicroseconds:
      helperBefore === null || helperAfter === null ? null : (helperAfter - helperBefore) * 1e6,
    bytes: (has.bytes - had.bytes) / (has.received - had.received),
    loopP99: until.loopDelay.p99,
  };
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
