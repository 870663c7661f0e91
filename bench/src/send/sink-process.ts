import { type Program, startProgram } from "./program.ts";

/** What everything is delivered to. */
export interface Sink {
  readonly origin: string;
  readonly pid: number | undefined;
  had(): Promise<{ readonly received: number; readonly bytes: number }>;
  /** How many requests to `/slow` are waiting for their answer. */
  slow(): Promise<number>;
  /** How long events to `/timed` took, in milliseconds, since the last call. */
  times(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const program: Program = await startProgram(new URL("./sink.ts", import.meta.url), null);
  const port = await program.ask<number>("port");
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: program.pid,
    had: () => program.ask("had"),
    slow: () => program.ask("slow"),
    times: () => program.ask("times"),
    stop: () => program.stop(),
  };
}
