import { type BenchProgram, startProgram } from "./program.ts";

/** What everything is delivered to. */
export interface Sink {
  readonly origin: string;
  readonly pid: number | undefined;
  getReceived(): Promise<{ readonly received: number; readonly bytes: number }>;
  /** How many requests to `/slow` are waiting for their answer. */
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
    getReceived: () => program.ask("had"),
    getSlowInFlight: () => program.ask("slow"),
    takeTimes: () => program.ask("times"),
    stop: () => program.stop(),
  };
}
