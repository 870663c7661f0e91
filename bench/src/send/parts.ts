import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine } from "../machine.ts";
import type { BenchOptions } from "../options.ts";
import { type Sink, startSink } from "./sink-process.ts";

/** A part of a bench, with a receiver and a folder. */
export type BenchPart = (options: BenchOptions, sink: Sink, scratch: string) => Promise<void>;

/** Runs the named parts, or all parts that are not only run by name. */
export async function runParts(
  parts: Readonly<Record<string, BenchPart>>,
  options: BenchOptions,
  onlyIfNamed: readonly string[] = [],
): Promise<void> {
  const names = Object.keys(parts);
  const unknown = options.parts.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`Unknown part ${unknown.join(", ")}. Parts: ${names.join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const chosen =
    options.parts.length > 0 ? options.parts : names.filter((name) => !onlyIfNamed.includes(name));
  console.log(`${describeMachine()}${options.isQuick ? ", quick: a smoke test, not a measurement" : ""}`);
  // Run cleanup on a signal, too.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  for (const name of chosen) await runPart(parts[name] as BenchPart, options);
}

async function runPart(part: BenchPart, options: BenchOptions): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "heron-bench-"));
  const remove = (): void => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", remove);
  const sink = await startSink();
  try {
    await part(options, sink, scratch);
  } finally {
    await sink.stop();
    remove();
    process.removeListener("exit", remove);
  }
}
