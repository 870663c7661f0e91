import { type BenchProgram, startProgram } from "./program.ts";

/** The receiver of all deliveries. */
export interface Sink {
  readonly origin: string;
  readonly pid: number | undefined;
  getReceived(): Promise<{ readonly received: number; readonly bytes: number }>;
  /** How many requests to `/slow` wait for their response. */
  getSlowInFlight(): Promise<number>;
  /** How long events to `/timed` took, in milliseconds, since the last call. */
  takeTimes(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const program: BenchProgram = await startProgram(new URL("./sink.ts", import.meta.url), null);
  const port = await program.ask<number>("port");
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: program.pid,
    getReceived: () => program.ask("received"),
    getSlowInFlight: () => program.ask("slow-in-flight"),
    takeTimes: () => program.ask("times"),
    stop: () => program.stop(),
  };
}
